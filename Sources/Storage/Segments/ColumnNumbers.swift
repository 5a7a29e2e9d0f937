/// Finds whole numbers that a column's values can be rebuilt from, bit for bit.
///
/// A value v with few decimals is the double nearest to n / 10^k, which is what dividing the doubles n and 10^k yields too.
/// That is tried, not assumed: a column where it fails for one value is kept as the bits of its doubles.
enum ColumnNumbers {
    // Adding it to a number of less than 2^51 leaves the number, rounded, in the lowest bits.
    private static let rounder = 0x1.8p52
    private static let limit = 0x1p51

    /// Writes the numbers of the values and returns their form.
    static func find(_ values: UnsafePointer<Double>, _ count: Int, into numbers: UnsafeMutablePointer<Int64>) -> Int {
        var form = 0
        while true {
            let fit = unsafe scale(values, count, PowersOfTen.table[form], into: numbers)
            if fit == count { return form }
            guard let next = unsafe decimals(of: values[fit], from: form + 1) else { break }
            form = next
        }
        for row in 0..<count { unsafe numbers[row] = Int64(bitPattern: values[row].bitPattern) }
        return ColumnHeader.bitsForm
    }

    /// How many decimals the value needs.
    private static func decimals(of value: Double, from start: Int) -> Int? {
        for decimals in start..<ColumnHeader.bitsForm where unsafe fits(value, PowersOfTen.table[decimals]) {
            return decimals
        }
        return nil
    }

    @inline(__always)
    private static func fits(_ value: Double, _ power: Double) -> Bool {
        let scaled = value * power
        let rounded = (scaled + rounder) - rounder
        return scaled.magnitude < limit && (rounded / power).bitPattern == value.bitPattern
    }

    /// Writes the values times the power as whole numbers; returns the row of a value for which that loses something, or
    /// the count when all is well.
    @inline(__always)
    private static func scale(
        _ values: UnsafePointer<Double>,
        _ count: Int,
        _ power: Double,
        into numbers: UnsafeMutablePointer<Int64>
    ) -> Int {
        var row = 0
        // Eight at a time without a branch, so that the compiler can use vector instructions.
        while row < count {
            let end = Swift.min(row + 8, count)
            var isExact = true
            for index in row..<end {
                let value = unsafe values[index]
                let scaled = value * power
                let shifted = scaled + rounder
                unsafe numbers[index] = Int64(bitPattern: shifted.bitPattern) &- Int64(bitPattern: rounder.bitPattern)
                let back = (shifted - rounder) / power
                isExact = isExact && scaled.magnitude < limit && back.bitPattern == value.bitPattern
            }
            if !isExact {
                return (row..<end).first { unsafe !fits(values[$0], power) } ?? row
            }
            row = end
        }
        return count
    }
}

enum PowersOfTen {
    /// 10^0 to 10^15. All are exact as doubles. A bare pointer, which reading a value needs no call to get at; it lives as
    /// long as the process.
    nonisolated(unsafe) static let table: UnsafePointer<Double> = {
        let table = UnsafeMutablePointer<Double>.allocate(capacity: 16)
        var power = 1.0
        for exponent in 0..<16 {
            unsafe (table + exponent).initialize(to: power)
            power *= 10
        }
        return unsafe UnsafePointer(table)
    }()
}
