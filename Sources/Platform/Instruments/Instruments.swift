internal import Synchronization

/// What medic measures about itself: counters, gauges and histograms by name and labels.
///
/// There is one of these in an agent, handed to every part. Asking twice for the same name and labels gives the same instrument.
public final class Instruments: Sendable {
    public typealias LabelPairs = [(String, String)]

    private enum Source: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
        case read(@Sendable () -> Double)
    }

    private struct Line: Sendable {
        let labels: [InstrumentSample.Label]
        var source: Source
    }

    private struct Family: Sendable {
        let kind: InstrumentFamily.Kind
        let help: String
        var lines: [Line] = []
    }

    private struct Table: Sendable {
        var families: [String: Family] = [:]
        /// Their names, sorted.
        var names: [String] = []
        var layout = 0

        mutating func change(_ name: String, to family: Family) {
            if families.updateValue(family, forKey: name) == nil {
                names.insert(name, at: names.firstIndex { $0 > name } ?? names.endIndex)
            }
            layout += 1
        }

        var lines: some Sequence<Line> { names.lazy.flatMap { families[$0]?.lines ?? [] } }
    }

    private let table = Mutex(Table())

    public init() {}

    /// Something that only grows; its name ends in `_total`.
    public func counter(_ name: String, help: String, labels: LabelPairs = []) -> Counter {
        let fresh = Counter()
        guard case .counter(let counter) = source(name, .counter, help, labels, orElse: .counter(fresh)) else {
            return fresh
        }
        return counter
    }

    /// Something that goes up and down.
    public func gauge(_ name: String, help: String, labels: LabelPairs = []) -> Gauge {
        let fresh = Gauge()
        guard case .gauge(let gauge) = source(name, .gauge, help, labels, orElse: .gauge(fresh)) else { return fresh }
        return gauge
    }

    /// How often a measure fell below each of the bounds, which rise.
    public func histogram(_ name: String, help: String, labels: LabelPairs = [], buckets: [Double]) -> Histogram {
        let fresh = Histogram(bounds: buckets)
        guard case .histogram(let histogram) = source(name, .histogram, help, labels, orElse: .histogram(fresh)) else {
            return fresh
        }
        return histogram
    }

    /// Something that is known elsewhere and read whenever somebody looks.
    public func observe(
        _ name: String,
        help: String,
        labels: LabelPairs = [],
        kind: InstrumentFamily.Kind = .gauge,
        _ read: @escaping @Sendable () -> Double
    ) {
        let sorted = Self.sorted(labels)
        table.withLock { table in
            var family = table.families[name] ?? Family(kind: kind, help: help)
            family.lines.removeAll { $0.labels == sorted }
            family.lines.append(Line(labels: sorted, source: .read(read)))
            table.change(name, to: family)
        }
    }

    /// Takes a line out: what it spoke of is gone.
    public func remove(_ name: String, labels: LabelPairs) {
        let sorted = Self.sorted(labels)
        table.withLock { table in
            guard var family = table.families[name] else { return }
            family.lines.removeAll { $0.labels == sorted }
            table.change(name, to: family)
        }
    }

    /// Everything as it stands, by name.
    public func families() -> [InstrumentFamily] {
        let table = table.withLock { $0 }
        return table.names.compactMap { name in
            guard let family = table.families[name], !family.lines.isEmpty else { return nil }
            let samples = family.lines.flatMap { line in
                zip(Self.heads(of: line), Self.values(of: line)).map { head, value in
                    InstrumentSample(suffix: head.suffix, labels: head.labels, value: value)
                }
            }
            return InstrumentFamily(name: name, kind: family.kind, help: family.help, samples: samples)
        }
    }

    /// Which samples there are: another number means others, or others' order.
    public var layout: Int { table.withLock { $0.layout } }

    /// The values alone, in the order of `families`, for who looks every second and knows the rest.
    public func readings() -> (layout: Int, values: [Double]) {
        let table = table.withLock { $0 }
        return (table.layout, table.lines.flatMap { Self.values(of: $0) })
    }

    private func source(
        _ name: String,
        _ kind: InstrumentFamily.Kind,
        _ help: String,
        _ labels: LabelPairs,
        orElse fresh: Source
    ) -> Source {
        let sorted = Self.sorted(labels)
        return table.withLock { table in
            var family = table.families[name] ?? Family(kind: kind, help: help)
            if let line = family.lines.first(where: { $0.labels == sorted }) { return line.source }
            family.lines.append(Line(labels: sorted, source: fresh))
            table.change(name, to: family)
            return fresh
        }
    }

    private static func sorted(_ labels: LabelPairs) -> [InstrumentSample.Label] {
        labels.map { InstrumentSample.Label(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
    }

    private static func heads(of line: Line) -> [(suffix: String, labels: [InstrumentSample.Label])] {
        guard case .histogram(let histogram) = line.source else { return [("", line.labels)] }
        return histogram.heads(labels: line.labels)
    }

    private static func values(of line: Line) -> [Double] {
        switch line.source {
        case .counter(let counter): [Double(counter.value)]
        case .gauge(let gauge): [gauge.value]
        case .read(let read): [read()]
        case .histogram(let histogram): histogram.values
        }
    }
}

/// All lines of one name.
public struct InstrumentFamily: Sendable {
    public enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    public let name: String
    public let kind: Kind
    public let help: String
    public let samples: [InstrumentSample]
}

/// One number as it is shown: the family's name and the suffix, labels in the order of their names, the value.
public struct InstrumentSample: Sendable {
    public struct Label: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public let suffix: String
    public let labels: [Label]
    public let value: Double
}
