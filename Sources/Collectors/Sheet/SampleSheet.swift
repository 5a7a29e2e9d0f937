public import Metrics
public import Storage

/// The series of one collector with their newest values: a row that is written whenever something has changed, and at each interval.
///
/// A value holds until it is set again. Used by one thread at a time.
public final class SampleSheet {
    /// One series on the sheet. Worth nothing once it was dropped.
    public struct Line: Hashable, Sendable {
        fileprivate let slot: Int

        /// A series that the store refused: setting it does nothing.
        static let refused = Line(slot: -1)
    }

    /// Rows that follow each other within a millisecond are moved apart; never further ahead of the clock than this.
    private static let leadMax = Milliseconds.seconds(1)

    private let writer: FrameWriter
    private let common: Labels
    private var values: [Double] = []
    private var dropped: [Int] = []
    private var newest: Timestamp?
    /// How many series the store refused, for its limits.
    public private(set) var refusedLines = 0
    /// How many rows could not be written: the store is full, or the clock was set back.
    public private(set) var refusedRows = 0

    /// A sheet whose series all have the labels `common`.
    ///
    /// - Parameter interval: how often a row is written at least, though nothing changes; nil: nobody knows.
    public init(
        _ store: SampleStore,
        named name: String,
        labels common: Labels,
        every interval: Milliseconds? = nil
    ) throws(StorageRefusal) {
        writer = try store.openTimeline(named: name)
        if let interval { writer.promise(every: interval) }
        self.common = common
    }

    /// The timeline that rows are written to.
    public var timeline: TimelineID { writer.timeline }

    /// The line of a series, found or made. It has no value until one is set.
    public func line(_ name: String, _ labels: [Label] = []) -> Line {
        var builder = LabelsBuilder(common)
        for label in labels { builder.set(label.name, label.value) }
        builder.set(Labels.metricName, name)
        do {
            let slot = try writer.slot(for: builder.build())
            if slot >= values.count {
                values += Array(repeating: MarkerNaN.absent, count: slot + 1 - values.count)
            }
            dropped.removeAll { $0 == slot }
            if values[slot].isStaleMarker { values[slot] = MarkerNaN.absent }
            return Line(slot: slot)
        } catch {
            refusedLines += 1
            return .refused
        }
    }

    public func set(_ line: Line, _ value: Double) {
        guard values.indices.contains(line.slot) else { return }
        values[line.slot] = value
    }

    /// The series ends with the next row.
    public func drop(_ line: Line) {
        guard values.indices.contains(line.slot) else { return }
        // One that never had a value has nothing to end.
        values[line.slot] = values[line.slot].isAbsent ? MarkerNaN.absent : MarkerNaN.stale
        dropped.append(line.slot)
    }

    /// Writes all values as one row, at the time given or as soon after the newest row as possible. Nil when it could not be.
    @discardableResult
    public func commit(at time: Timestamp) -> Timestamp? {
        var moment = time
        // Further behind, the clock was set back: whether the row can be written then is for the store to say.
        if let newest, moment <= newest, newest - moment < Self.leadMax { moment = newest + Milliseconds(1) }
        do {
            // The writer reads the row within the call.
            try unsafe values.withUnsafeBufferPointer { (row) throws(StorageRefusal) in
                try unsafe writer.append(at: moment, values: row)
            }
            newest = moment
        } catch {
            refusedRows += 1
            if case .outOfOrder(_, let stored) = error { newest = stored }
            return nil
        }
        for slot in dropped {
            values[slot] = MarkerNaN.absent
            writer.release(slot)
        }
        dropped = []
        return moment
    }

    /// Ends all series. Lines have to be asked for again.
    public func close(at time: Timestamp) {
        writer.close(at: Swift.max(time, newest.map { $0 + Milliseconds(1) } ?? time))
        values = []
        dropped = []
    }
}
