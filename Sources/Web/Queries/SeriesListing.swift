import Metrics
import Storage

/// Finds the series that selectors mean and that have samples within a span of time.
enum SeriesListing {
    static func series(
        of selectors: [[LabelMatcher]],
        from start: Timestamp?,
        through end: Timestamp?,
        limit: Int,
        in store: SampleStore
    ) -> (series: [Labels], isCut: Bool) {
        let found = identifiers(of: selectors, in: store)
        var search = SampleSearch(store)
        let isBounded = start != nil || end != nil
        let from = start?.rawValue ?? .min
        let through = end?.rawValue ?? .max
        var series: [Labels] = []
        for identifier in found {
            if isBounded, !search.hasSamples(identifier, from: from, through: through) { continue }
            let labels = store.readIndex { $0.labels(of: identifier) }
            // A series may leave between the selection and this moment.
            if labels.isEmpty { continue }
            // One more than allowed tells whether something is left out.
            if series.count == limit { return (series.sorted(), true) }
            series.append(labels)
        }
        return (series.sorted(), false)
    }

    /// The series of all selectors, each once.
    static func identifiers(of selectors: [[LabelMatcher]], in store: SampleStore) -> [SeriesID] {
        let lists = selectors.map { selector in store.readIndex { $0.select(selector) } }
        if lists.count == 1 { return lists[0] }
        return Set(lists.joined()).sorted()
    }
}

/// Looks into timelines, each of which it opens once.
struct SampleSearch {
    private let store: SampleStore
    private var views: [TimelineID: TimelineView] = [:]

    init(_ store: SampleStore) {
        self.store = store
    }

    private mutating func view(of timeline: TimelineID) -> TimelineView {
        if let known = views[timeline] { return known }
        let view = store.view(of: timeline)
        views[timeline] = view
        return view
    }

    /// Whether the series has a sample in the span.
    mutating func hasSamples(_ series: SeriesID, from: Int64, through: Int64) -> Bool {
        let homes = store.readIndex { $0.homes(of: series) }
        for (place, home) in homes.enumerated().reversed() {
            let end = place + 1 < homes.count ? min(through, homes[place + 1].since &- 1) : through
            let begin = max(from, home.since)
            if begin > end { continue }
            let view = view(of: home.timeline)
            let frames = view.frames(after: begin == .min ? .min : begin - 1, through: end)
            if frames.isEmpty { continue }
            // Mostly the newest frame tells; only holes make it necessary to look at the others.
            if !view.value(slot: home.slot, frame: frames.upperBound - 1).isAbsent { return true }
            if Self.column(view, home.slot, frames).contains(where: { !$0.isAbsent }) { return true }
        }
        return false
    }

    /// The last sample of the series in the span, unless it marks the series' end.
    mutating func lastSample(_ series: SeriesID, after: Int64, through: Int64) -> Sample? {
        guard let home = store.readIndex({ $0.currentHome(of: series) }) else { return nil }
        let view = view(of: home.timeline)
        let frames = view.frames(after: max(after, home.since == .min ? .min : home.since - 1), through: through)
        for frame in frames.reversed() {
            let value = view.value(slot: home.slot, frame: frame)
            if value.isAbsent { continue }
            if value.isStaleMarker { return nil }
            return Sample(timestamp: Timestamp(milliseconds: view.timestamp(of: frame)), value: value)
        }
        return nil
    }

    private static func column(_ view: TimelineView, _ slot: Int, _ frames: Range<Int>) -> [Double] {
        unsafe [Double](unsafeUninitializedCapacity: frames.count) { buffer, count in
            unsafe view.copyValues(slot: slot, frames: frames, into: buffer)
            count = frames.count
        }
    }
}
