import Metrics

/// A running average, as exact as Prometheus's: a compensated sum while it fits, the running mean once it would overflow.
///
/// For the samples of a window and for the members of a group alike.
struct AverageAccumulator: Sendable {
    private var total: CompensatedSum
    private var mean = 0.0
    private(set) var count = 1.0
    private var isIncremental = false

    @inline(__always)
    init(first: Double) {
        total = CompensatedSum(first)
    }

    @inline(__always)
    mutating func add(_ value: Double) {
        count += 1
        if isIncremental || (total.sum + value).isInfinite {
            addToMean(value)
        } else {
            total.add(value)
        }
    }

    @inline(never)
    private mutating func addToMean(_ value: Double) {
        if !isIncremental {
            isIncremental = true
            mean = total.sum / (count - 1)
            total.compensation /= count - 1
        }
        let share = (count - 1) / count
        var next = CompensatedSum(share * mean, compensation: share * total.compensation)
        next.add(value / count)
        mean = next.sum
        total.compensation = next.compensation
    }

    /// Takes in the average of other values. Equal to adding them one by one up to the last bits, not bit for bit.
    mutating func merge(_ other: AverageAccumulator) {
        var sum = total
        sum.merge(other.total)
        if !isIncremental && !other.isIncremental && !sum.sum.isInfinite {
            total = sum
            count += other.count
            return
        }
        let merged = count + other.count
        mean = value * (count / merged) + other.value * (other.count / merged)
        total.compensation = 0
        count = merged
        isIncremental = true
    }

    @inline(__always)
    var value: Double {
        isIncremental ? mean + total.compensation : total.sum / count + total.compensation / count
    }
}

/// The variance of a group's members by Welford's method, uncompensated as Prometheus's aggregations compute it.
struct VarianceAccumulator: Sendable {
    private(set) var count = 1.0
    private var mean: Double
    private var squares: Double

    @inline(__always)
    init(first: Double) {
        mean = first
        squares = first.isFinite ? 0 : MarkerNaN.plain
    }

    @inline(__always)
    mutating func add(_ value: Double) {
        count += 1
        let delta = value - mean
        mean += delta / count
        squares += delta * (value - mean)
    }

    /// Takes in the variance of other values. Equal to adding them one by one up to the last bits, not bit for bit.
    mutating func merge(_ other: VarianceAccumulator) {
        let merged = count + other.count
        let delta = other.mean - mean
        mean += delta * (other.count / merged)
        squares += other.squares + delta * delta * (count * other.count / merged)
        count = merged
    }

    var variance: Double { squares / count }
    var standardDeviation: Double { (squares / count).squareRoot() }
}

/// The smallest and the largest of values as `min` and `max` choose: NaN only where there is nothing else.
enum Extreme {
    @inline(__always)
    static func maximum(_ best: Double, _ value: Double) -> Double { best < value || best.isNaN ? value : best }

    @inline(__always)
    static func minimum(_ best: Double, _ value: Double) -> Double { best > value || best.isNaN ? value : best }
}
