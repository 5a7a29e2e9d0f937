import Metrics
import Synchronization

/// One source of frames.
///
/// Two locks: `writing` is held by whoever changes the timeline, for as long as that takes, sealing included; `published` is
/// held for moments, to publish a row or to take a view. Always taken in this order.
final class Timeline: Sendable {
    let id: TimelineID
    let name: String
    /// Serves one series whose samples have timestamps of their own.
    let isSolo: Bool
    let writing: Mutex<Writing>
    let published: Mutex<Published>
    /// How often (ms) its writer has promised a frame; 0: it has promised nothing.
    let promisedInterval = Atomic<Int64>(0)

    init(id: TimelineID, name: String, isSolo: Bool) {
        self.id = id
        self.name = name
        self.isSolo = isSolo
        writing = Mutex(Writing())
        published = Mutex(Published())
    }

    /// What only writers touch.
    struct Writing {
        /// The series of each slot; 0 where there is none.
        var seriesOfSlot: [UInt32] = []
        /// Slots whose values do not simply go into the row. Few or none.
        var routes: [Int: SlotRoute] = [:]
        /// Slots that may be given to a new series: the samples of the former one are gone, and its writer has let go.
        var freeSlots: [Int] = []
        /// Slots defined since the newest frame: their series have no samples yet and still must stay.
        var freshSlots: [Int] = []
        /// Slots whose writer has let go, though their samples may still be here.
        var releasedSlots: Set<Int> = []
        /// Slots of the newest frame whose samples went elsewhere, staleness markers apart.
        var newestRouted: [Int] = []
        var newestTime = Int64.min
        var isClosed = false
        var appendedSamples: UInt64 = 0
        /// The one slot for all series that were refused.
        var sink: Int?
    }

    /// What readers see.
    struct Published {
        var segments: [Segment] = []
        var slab: Slab?
        /// Rows of the slab that are published.
        var rowCount = 0
        /// The frame in the slab's first row.
        var firstOpenFrame = 0
        /// For each slot the frame after which its column only grows and has no holes.
        var lastIrregular: [UInt32] = []

        var endFrame: Int { firstOpenFrame + rowCount }
        var firstFrame: Int { segments.first?.firstFrame ?? firstOpenFrame }
    }
}

/// Where the values of a slot go, other than into the row.
enum SlotRoute {
    /// To the present home of a series that lives elsewhere now.
    case elsewhere(series: UInt32)
    /// The series has left the index for want of samples; a value brings it back.
    case dormant(packedLabels: [UInt8])
    /// Nowhere: the series was refused.
    case sink
}

extension Timeline {
    /// The timeline as it is now.
    func view() -> TimelineView {
        published.withLock { published in
            TimelineView(
                segments: published.segments,
                slab: published.slab,
                openRows: published.rowCount,
                firstOpenFrame: published.firstOpenFrame,
                lastIrregular: published.lastIrregular
            )
        }
    }
}
