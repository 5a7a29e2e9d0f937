import Metrics

/// The buckets of one classic histogram at one moment: upper bounds in ascending order, and cumulative counts.
///
/// Safety: borrows both buffers from the caller, at least `count` elements each, and changes them in place.
@safe
struct ClassicHistogram {
    private let bounds: UnsafeMutablePointer<Double>
    private let counts: UnsafeMutablePointer<Double>
    private(set) var count: Int
    /// What had to be changed for the counts to ascend; nil when they did, or when `makeMonotonic` has not been called.
    private(set) var repair: MonotonicityRepair?

    init(bounds: UnsafeMutablePointer<Double>, counts: UnsafeMutablePointer<Double>, count: Int) {
        unsafe self.bounds = bounds
        unsafe self.counts = counts
        self.count = count
        mergeEqualBounds()
    }

    /// Without a bucket up to infinity nobody knows how many observations there were.
    private var isComplete: Bool { unsafe count > 0 && bounds[count - 1] == .infinity }

    /// Series whose `le` differ in spelling only, `0.2` and `2e-1`, are one bucket.
    private mutating func mergeEqualBounds() {
        guard count > 1 else { return }
        var kept = 0
        for index in 1..<count {
            if unsafe bounds[index] == bounds[kept] {
                unsafe counts[kept] += counts[index]
            } else {
                kept += 1
                unsafe bounds[kept] = bounds[index]
                unsafe counts[kept] = counts[index]
            }
        }
        count = kept + 1
    }

    /// Evens out counts that fall from one bucket to the next. Differences no greater than what rounding leaves behind are
    /// taken back silently, in either direction; a real fall is noted in `repair`.
    mutating func makeMonotonic() {
        guard isComplete else { return }
        var previous = unsafe counts[0]
        for index in 1..<max(1, count) {
            let current = unsafe counts[index]
            if current == previous { continue }
            if ClassicHistogram.differInsignificantly(previous, current) {
                unsafe counts[index] = previous
            } else if current < previous {
                unsafe counts[index] = previous
                let place = unsafe MonotonicityRepair(
                    lowestBound: bounds[index],
                    highestBound: bounds[index],
                    greatestFall: previous - current
                )
                repair = repair?.merged(with: place) ?? place
            } else {
                previous = current
            }
        }
    }

    private static func differInsignificantly(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN && right.isNaN { return true }
        let tolerance = 1e-12
        let sum = left.magnitude + right.magnitude
        let difference = (left - right).magnitude
        if left == 0 || right == 0 || sum < .leastNormalMagnitude {
            return difference < tolerance * .leastNormalMagnitude
        }
        return difference / min(sum, .greatestFiniteMagnitude) < tolerance
    }

    /// The value below which the fraction `q` of the observations lies, interpolated within its bucket. The counts must
    /// ascend: call `makeMonotonic` first.
    func quantile(_ q: Double) -> Double {
        if q.isNaN { return MarkerNaN.plain }
        if q < 0 { return -.infinity }
        if q > 1 { return .infinity }
        guard isComplete, count > 1 else { return MarkerNaN.plain }
        let observations = unsafe counts[count - 1]
        if observations == 0 { return MarkerNaN.plain }
        var rank = q * observations
        let bucket = firstBucket(holding: rank)
        // Nothing is known about the values in the last bucket but its lower end.
        if bucket == count - 1 { return unsafe bounds[count - 2] }
        let upper = unsafe bounds[bucket]
        if bucket == 0 {
            return upper <= 0 ? upper : unsafe 0 + upper * (rank / counts[0])
        }
        let lower = unsafe bounds[bucket - 1]
        let inBucket = unsafe counts[bucket] - counts[bucket - 1]
        rank -= unsafe counts[bucket - 1]
        return lower + (upper - lower) * (rank / inBucket)
    }

    private func firstBucket(holding rank: Double) -> Int {
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if unsafe counts[middle] >= rank {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    /// The share of the observations between two values, interpolated within their buckets.
    func fraction(_ lower: Double, _ upper: Double) -> Double {
        guard isComplete, !lower.isNaN, !upper.isNaN else { return MarkerNaN.plain }
        let observations = unsafe counts[count - 1]
        if observations == 0 { return MarkerNaN.plain }
        if lower >= upper { return 0 }
        let below = self.observations(upTo: lower) ?? observations
        let through = self.observations(upTo: upper) ?? observations
        return ((through > observations ? observations : through) - (below > observations ? observations : below))
            / observations
    }

    /// How many observations lie below a value; nil when it is above all buckets, as infinity is.
    private func observations(upTo value: Double) -> Double? {
        var rank = 0.0
        for index in 0..<count {
            let upper = unsafe bounds[index]
            // Values are taken to begin at zero where the first bucket allows it.
            let lower = unsafe index > 0 ? bounds[index - 1] : upper > 0 ? 0 : -.infinity
            if lower >= value { return rank }
            if lower < value && upper > value {
                // A bucket without a lower end holds its observations there.
                guard lower != -.infinity else { return unsafe counts[index] }
                return unsafe rank + (counts[index] - rank) * (value - lower) / (upper - lower)
            }
            rank = unsafe counts[index]
        }
        return nil
    }
}

/// Where the counts of a classic histogram fell, and how far.
public struct MonotonicityRepair: Sendable, Hashable {
    public var lowestBound: Double
    public var highestBound: Double
    public var greatestFall: Double

    func merged(with other: MonotonicityRepair) -> MonotonicityRepair {
        MonotonicityRepair(
            lowestBound: min(lowestBound, other.lowestBound),
            highestBound: max(highestBound, other.highestBound),
            greatestFall: max(greatestFall, other.greatestFall)
        )
    }
}
