import Metrics
import Storage
import Synchronization

/// The series a selector finds and where their samples are, good until series come, go or move.
final class Selection: Sendable {
    /// Series that share a timeline: their rows follow each other.
    struct Group: Sendable {
        let timeline: TimelineID
        let firstRow: Int
        let slots: [UInt32]

        var rows: Range<Int> { firstRow..<firstRow + slots.count }
    }

    /// A series whose samples are in more than one place.
    struct Wanderer: Sendable {
        let row: Int
        let homes: [Home]
    }

    let generation: UInt64
    let shape: Shape
    let groups: [Group]
    let wanderers: [Wanderer]

    init(_ matchers: [LabelMatcher], _ index: borrowing SeriesIndex) {
        generation = index.generation(for: matchers)
        let found = index.select(matchers)
        var settled: [(place: UInt64, series: SeriesID)] = []
        settled.reserveCapacity(found.count)
        var moved: [(series: SeriesID, homes: [Home])] = []
        for series in found {
            guard let home = index.currentHome(of: series) else { continue }
            if index.hasMoved(series) {
                moved.append((series, index.homes(of: series)))
            } else {
                let slot = UInt64(UInt32(truncatingIfNeeded: home.slot))
                settled.append((UInt64(home.timeline.rawValue) << 32 | slot, series))
            }
        }
        // Series mostly come in the order of their places already.
        if zip(settled, settled.dropFirst()).contains(where: { $0.place > $1.place }) {
            settled.sort { $0.place < $1.place }
        }
        groups = Self.grouped(settled.map(\.place))
        wanderers = moved.enumerated().map { Wanderer(row: settled.count + $0.offset, homes: $0.element.homes) }
        // Type and unit go together with the name, so series that have them could still become the same.
        let haveOneName =
            matchers.contains { $0.operation == .equal && $0.name == Labels.metricName }
            && index.symbol(of: "__type__") == nil && index.symbol(of: "__unit__") == nil
        shape = Shape(
            LabelTable(
                series: settled.map(\.series) + moved.map(\.series),
                haveOneName ? .distinctWithoutNames : .distinct
            )
        )
    }

    private static func grouped(_ places: [UInt64]) -> [Group] {
        var groups: [Group] = []
        var start = 0
        while start < places.count {
            let timeline = places[start] >> 32
            var end = start
            while end < places.count && places[end] >> 32 == timeline { end += 1 }
            groups.append(
                Group(
                    timeline: TimelineID(rawValue: UInt32(timeline)),
                    firstRow: start,
                    slots: places[start..<end].map { UInt32(truncatingIfNeeded: $0) }
                )
            )
            start = end
        }
        return groups
    }
}

/// The selections of an engine, shared by its queries: rules often read the same series.
final class SelectionCache: Sendable {
    // One for each selector of the rules and dashboards of a host; an agent that has more starts again from none.
    private static let limit = 4_096

    private let selections = Mutex<[[LabelMatcher]: Selection]>([:])

    /// The selection for these matchers, made anew where series have come, gone or moved.
    func selection(_ matchers: [LabelMatcher], _ index: borrowing SeriesIndex) -> Selection {
        let known = selections.withLock { $0[matchers] }
        if let known, known.generation == index.generation(for: matchers) { return known }
        let made = Selection(matchers, index)
        selections.withLock { selections in
            if selections.count >= Self.limit && selections[matchers] == nil { selections.removeAll() }
            selections[matchers] = made
        }
        return made
    }
}

/// A selector's own view of the cache: the selection it last worked with.
struct Selector {
    let matchers: [LabelMatcher]
    let cache: SelectionCache
    private(set) var selection: Selection?

    init(_ matchers: [LabelMatcher], _ cache: SelectionCache) {
        self.matchers = matchers
        self.cache = cache
    }

    func isCurrent(_ index: borrowing SeriesIndex) -> Bool {
        selection?.generation == index.generation(for: matchers)
    }

    mutating func prepare(_ index: borrowing SeriesIndex) -> Shape {
        if let selection, isCurrent(index) { return selection.shape }
        let found = cache.selection(matchers, index)
        selection = found
        return found.shape
    }
}
