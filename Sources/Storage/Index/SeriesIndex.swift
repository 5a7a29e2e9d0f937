public import Metrics

/// Which series there are: their labels, their homes, and for each label the series that have it.
///
/// Lent by `SampleStore.readIndex`; nothing of it may be kept beyond that, but what its functions return may.
public struct SeriesIndex: ~Copyable, Sendable {
    var pairs = PairTable()
    var pages: [SeriesPage?] = []
    var cells = ProbeTable()
    /// Homes that series have left, oldest first.
    var earlierHomes: [UInt32: [Home]] = [:]
    /// The value of `changes` when a series of the metric last came, went or moved; by the pair of the metric's name.
    var metricChanges: [UInt32: UInt64] = [:]
    var changes: UInt64 = 0
    /// 0 is nobody.
    var nextSeries: UInt32 = 1
    var metricNameNumber: UInt32 = 0
    /// Bytes of all pages but the last, which still grows.
    var fullPageBytes = 0
    /// What the store's count of bytes has of the index.
    var bookedBytes = 0

    /// How many series there are.
    public internal(set) var seriesCount = 0

    init() {}

    var byteCount: Int {
        pairs.byteCount + cells.byteCount + fullPageBytes + (pages.last.flatMap { $0 }?.byteCount ?? 0)
            + pages.capacity * MemoryLayout<SeriesPage?>.stride + earlierHomes.count * 96 + metricChanges.capacity * 16
    }

    @inline(__always)
    func record(_ series: UInt32) -> SeriesRecord? {
        let page = Int(series >> SeriesPage.shift)
        guard page < pages.count, let records = pages[page]?.records else { return nil }
        let place = Int(series) & (SeriesPage.size - 1)
        guard place < records.count, records[place].isAlive else { return nil }
        return records[place]
    }

    /// The numbers of the series' label pairs, in the order of their names.
    func pairNumbers(_ series: UInt32) -> ArraySlice<UInt32> {
        guard let record = record(series), let page = pages[Int(series >> SeriesPage.shift)] else { return [] }
        return page.pairs[Int(record.firstPair)..<Int(record.firstPair) + Int(record.pairCount)]
    }
}

// MARK: - Labels and symbols

extension SeriesIndex {
    // Names have odd numbers with the highest bit set; the others are pairs, each standing for its value.
    private static let nameBit: UInt32 = 1 << 31

    /// The labels of a series; empty when it has left the index.
    public func labels(of series: SeriesID) -> Labels {
        Labels(packedBytes: packedLabels(of: series.rawValue))
    }

    func packedLabels(of series: UInt32) -> [UInt8] {
        var packed: [UInt8] = []
        let numbers = pairNumbers(series)
        packed.reserveCapacity(numbers.reduce(0) { $0 + Int(pairs.pairs[Int($1)].length) })
        for pair in numbers { packed.append(contentsOf: pairs.packedBytes(of: pair)) }
        return packed
    }

    /// The symbol of a label's name; nil when no series has such a label.
    public func symbol(of name: String) -> Symbol? {
        pairs.number(ofName: name).map { Symbol(rawValue: $0 | Self.nameBit) }
    }

    /// The symbol of the value that the series has for a name; `.absent` when it has none.
    public func value(of name: Symbol, in series: SeriesID) -> Symbol {
        let wanted = name.rawValue & ~Self.nameBit
        for pair in pairNumbers(series.rawValue) where pairs.pairs[Int(pair)].name == wanted {
            return Symbol(rawValue: pair)
        }
        return .absent
    }

    /// The text that a symbol stands for; empty for `.absent`.
    public func text(of symbol: Symbol) -> String {
        if symbol == .absent { return "" }
        let number = Int(symbol.rawValue & ~Self.nameBit)
        if symbol.rawValue & Self.nameBit != 0 {
            return number < pairs.names.count ? pairs.names[number].text : ""
        }
        guard number < pairs.pairs.count, pairs.pairs[number].seriesCount > 0 else { return "" }
        return pairs.value(of: UInt32(number))
    }
}

// MARK: - Homes and changes

extension SeriesIndex {
    /// Where the series' newest samples are; nil when it has left the index.
    public func currentHome(of series: SeriesID) -> Home? {
        record(series.rawValue).map { record in
            Home(timeline: TimelineID(rawValue: record.timeline), slot: Int(record.slot), since: record.since)
        }
    }

    /// Whether the series had homes before its present one.
    public func hasMoved(_ series: SeriesID) -> Bool {
        record(series.rawValue)?.hasMoved ?? false
    }

    /// All homes, oldest first; each answers until the next one's `since`.
    public func homes(of series: SeriesID) -> [Home] {
        guard let current = currentHome(of: series) else { return [] }
        return (earlierHomes[series.rawValue] ?? []) + [current]
    }

    /// Changes whenever a series comes, goes or moves among those that a selector with these matchers could see: those of
    /// one metric when the name is given, otherwise all.
    public func generation(for matchers: [LabelMatcher]) -> UInt64 {
        let name = matchers.first { matcher in
            matcher.operation == .equal && !matcher.value.isEmpty
                && matcher.name.utf8.elementsEqual(Labels.metricName.utf8)
        }
        guard let name else { return changes }
        guard let pair = pairs.number(ofName: name.name, value: name.value) else { return 0 }
        return metricChanges[pair] ?? 0
    }

    /// Notes that the series came, goes or moves.
    mutating func noteChange(of series: UInt32) {
        changes &+= 1
        for pair in pairNumbers(series) where pairs.pairs[Int(pair)].name == metricNameNumber {
            metricChanges[pair] = changes
            break
        }
    }
}
