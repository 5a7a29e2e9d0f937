/// A sum with its rounding error kept beside it (Kahan's summation with Neumaier's improvement), step for step as Prometheus adds.
struct CompensatedSum: Sendable {
    var sum: Double
    var compensation: Double

    init(_ sum: Double = 0, compensation: Double = 0) {
        self.sum = sum
        self.compensation = compensation
    }

    @inline(__always)
    mutating func add(_ value: Double) {
        let total = sum + value
        if total.isInfinite {
            compensation = 0
        } else if sum.magnitude >= value.magnitude {
            compensation += (sum - total) + value
        } else {
            compensation += (value - total) + sum
        }
        sum = total
    }

    /// Takes in another sum. Equal to adding its values one by one up to the last bits, not bit for bit.
    mutating func merge(_ other: CompensatedSum) {
        add(other.sum)
        if !sum.isInfinite { compensation += other.compensation }
    }

    /// The sum with the error put back. An infinite sum has none.
    @inline(__always)
    var value: Double { sum.isInfinite ? sum : sum + compensation }
}
