internal import Synchronization

/// A count that only grows. Adding takes no lock.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    public func add(_ amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A number that goes up and down. Setting takes no lock.
public final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0)

    init() {}

    public func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    /// Adds, also from several threads at once.
    public func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, current) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = current
        }
    }

    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// How often a measure fell below each of several bounds, with their sum.
public final class Histogram: Sendable {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: [UInt64](repeating: 0, count: bounds.count + 1)))
    }

    public func observe(_ value: Double) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[place] &+= 1
            state.sum += value
        }
    }

    /// How many measures there were.
    public var count: UInt64 { state.withLock { $0.counts.reduce(0, &+) } }

    /// What its values are called, in their order.
    func heads(labels: [InstrumentSample.Label]) -> [(suffix: String, labels: [InstrumentSample.Label])] {
        let buckets = (bounds.map(Self.text) + ["+Inf"]).map { bound in
            ("_bucket", labels + [InstrumentSample.Label(name: "le", value: bound)])
        }
        return buckets + [("_sum", labels), ("_count", labels)]
    }

    var values: [Double] {
        let state = state.withLock { $0 }
        var values: [Double] = []
        values.reserveCapacity(state.counts.count + 2)
        var total: UInt64 = 0
        for count in state.counts {
            total &+= count
            values.append(Double(total))
        }
        return values + [state.sum, Double(total)]
    }

    /// Bounds are shown as OpenMetrics asks: whole numbers with a decimal point.
    private static func text(_ bound: Double) -> String {
        bound.description
    }
}
