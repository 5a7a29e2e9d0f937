import Metrics
import Synchronization

/// Everything a store holds at one moment, for saving. Taken quickly and written slowly: it refers to frames that do not
/// change any more, and leaves the labels in the index, where a series number stands for them for good.
package struct StoreImage: Sendable {
    package struct Series: Sendable {
        package var number: UInt32
        package var home: Home
    }

    package var nextTimeline: UInt32
    package var series: [Series]
    package var earlierHomes: [UInt32: [Home]]
    package var timelines: [TimelineView.Named]
}

extension TimelineView {
    /// A view and what the timeline is called.
    package struct Named: Sendable {
        package var id: TimelineID
        package var name: String
        package var isSolo: Bool
        package var seriesOfSlot: [UInt32]
        package var newestTime: Int64
        package var view: TimelineView
    }

    /// The sealed frames, and those not sealed yet as a segment.
    package func parts() -> (sealed: [Segment], open: Segment?) {
        guard let slab, openRows > 0 else { return (segments, nil) }
        return (segments, Segment(sealing: slab, rows: openRows, slots: slotCount, openFrame: firstOpenFrame))
    }

    package var irregularFrames: [UInt32] { lastIrregular }
}

extension SampleStore {
    /// Takes an image. `cut` is called when no series can come, go or move and before the frames are looked at: what is
    /// journalled after it is not in the image, or is a frame that may be given again.
    package func image(cut: () -> Void) -> StoreImage {
        structure.withLock { structure in
            cut()
            let (series, earlier) = index.withLock { index in
                let series = index.allSeries().compactMap { number in
                    index.currentHome(of: SeriesID(rawValue: number)).map {
                        StoreImage.Series(number: number, home: $0)
                    }
                }
                return (series, index.earlierHomes)
            }
            let timelines = timelines.withLock { Array($0.values) }.sorted { $0.id.rawValue < $1.id.rawValue }
                .map { timeline in
                    timeline.writing.withLock { writing in
                        TimelineView.Named(
                            id: timeline.id,
                            name: timeline.name,
                            isSolo: timeline.isSolo,
                            seriesOfSlot: writing.seriesOfSlot,
                            newestTime: writing.newestTime,
                            view: timeline.view()
                        )
                    }
                }
            return StoreImage(
                nextTimeline: structure.nextTimeline,
                series: series,
                earlierHomes: earlier,
                timelines: timelines
            )
        }
    }

    /// The packed labels of series of an image; empty for one that has left the index since.
    package func packedLabels(of series: some Collection<UInt32>) -> [[UInt8]] {
        index.withLock { index in series.map { index.packedLabels(of: $0) } }
    }
}
