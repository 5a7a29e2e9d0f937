public import Metrics

/// How the samples of an expression differ from those that were expected.
public struct SampleMismatch: Sendable {
    /// A series that is on both sides with different values.
    public struct Change: Sendable {
        public let labels: Labels
        public let expected: Double
        public let got: Double
    }

    public private(set) var matched = 0
    public private(set) var changed: [Change] = []
    public private(set) var missing: [ToldSample] = []
    public private(set) var surplus: [ToldSample] = []

    /// Nil when they do not differ. Fuzzily, two numbers next to each other are the same.
    init?(expected: [ToldSample], got: [ToldSample], isFuzzy: Bool) {
        var remaining: [Labels: [Double]] = [:]
        for sample in got {
            remaining[sample.labels, default: []].append(sample.value)
        }
        for sample in expected.sorted(by: { $0.labels < $1.labels }) {
            guard var values = remaining[sample.labels], !values.isEmpty else {
                missing.append(sample)
                continue
            }
            let place = values.firstIndex { Self.areEqual($0, sample.value, isFuzzy: isFuzzy) }
            let value = values.remove(at: place ?? 0)
            remaining[sample.labels] = values
            if place != nil {
                matched += 1
            } else {
                changed.append(Change(labels: sample.labels, expected: sample.value, got: value))
            }
        }
        surplus = remaining.flatMap { labels, values in values.map { ToldSample(labels: labels, value: $0) } }
            .sorted { $0.labels < $1.labels }
        if changed.isEmpty && missing.isEmpty && surplus.isEmpty { return nil }
    }

    /// As promtool compares: a NaN equals nothing, and fuzzily the neighbours of a number are it too.
    static func areEqual(_ left: Double, _ right: Double, isFuzzy: Bool) -> Bool {
        left == right || (isFuzzy && (left.nextUp == right || left.nextDown == right))
    }
}
