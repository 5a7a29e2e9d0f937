import Metrics

/// The values of an expression over a stretch of steps: a row per series of the shape, a column per step.
struct Block {
    var shape: Shape
    var steps: Int
    /// Row after row. `MarkerNaN.absent` where the series has no value at the step. Belongs to the node that made it,
    /// valid until that node is evaluated again; the node that asked for it may write into it.
    var values: Cells<Double>
    /// At an instant, and only where the order matters: the rows that count, in the order of the answer.
    var order: [Int32]?

    var rows: Int { shape.count }

    @inline(__always)
    subscript(row: Int, step: Int) -> Double {
        get { values[row &* steps &+ step] }
        nonmutating set { values[row &* steps &+ step] = newValue }
    }

    /// The values of one row.
    func row(_ row: Int) -> Cells<Double> {
        values.part(row * steps..<(row + 1) * steps)
    }

    /// Whether a row has a value at any step.
    func hasValue(row: Int) -> Bool {
        let values = self.row(row)
        return (0..<values.count).contains { !values[$0].isAbsent }
    }

    /// How many samples it holds.
    var sampleCount: Int {
        var count = 0
        for place in 0..<values.count where !values[place].isAbsent {
            count &+= 1
        }
        return count
    }

    /// Calls `body` with every row that may hold a value, in the order that counts.
    @inline(__always)
    func forEachRow<E: Error>(_ body: (Int) throws(E) -> Void) throws(E) {
        if let order {
            for row in order { try body(Int(row)) }
        } else {
            for row in 0..<rows { try body(row) }
        }
    }
}
