import Metrics
import Storage

/// `sort`, `sort_desc`, `sort_by_label`, `sort_by_label_desc`: the order of an instant answer.
final class SortNode: Node {
    enum Key {
        case value
        case labels([String])
    }

    let range: Range<Int>
    let children: [any Node]
    private let key: Key
    private let isDescending: Bool
    private var sorted = Derived<[Int32]>()

    init(_ child: any Node, by key: Key, isDescending: Bool, range: Range<Int>) {
        children = [child]
        self.key = key
        self.isDescending = isDescending
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        guard let shape = try children[0].prepare(index) else { return nil }
        if case .labels(let names) = key { _ = try order(of: shape, by: names, index) }
        return shape
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        var block = try children[0].evaluate(steps, run)
        guard steps.isInstant else {
            run.note(.sortInRangeQuery, at: range)
            return block
        }
        switch key {
        case .value: block.order = orderByValue(block)
        case .labels(let names):
            let shape = block.shape
            let rows: [Int32]
            if let known = sorted.value, sorted.isOf([shape]) {
                rows = known
            } else {
                rows = try run.store.readIndex { index throws(QueryError) in try order(of: shape, by: names, index) }
            }
            block.order = block.order.map { present in rows.filter(Set(present).contains) } ?? rows
        }
        return block
    }

    /// NaN comes last either way.
    private func orderByValue(_ block: Block) -> [Int32] {
        var rows: [Int32] = []
        var values: [Double] = []
        block.forEachRow { row in
            if !block[row, 0].isAbsent {
                rows.append(Int32(row))
                values.append(block[row, 0])
            }
        }
        let order: ValueOrder = isDescending ? .descending : .ascending
        return order.places(of: values).map { rows[$0] }
    }

    private func order(
        of shape: Shape,
        by names: [String],
        _ index: borrowing SeriesIndex
    ) throws(QueryError) -> [Int32] {
        try sorted.value(for: [shape], index) { index throws(QueryError) in
            let labels = shape.table.labels(index)
            let keys = labels.map { labels in names.map { labels[$0] ?? "" } }
            let rows = (0..<Int32(labels.count)).sorted { left, right in
                for (one, other) in zip(keys[Int(left)], keys[Int(right)]) where !one.utf8.elementsEqual(other.utf8) {
                    return NaturalOrder.precedes(one, other)
                }
                return labels[Int(left)] < labels[Int(right)]
            }
            return isDescending ? rows.reversed() : rows
        }
    }
}

/// The order in which people count: `node2` before `node10`.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let leftParts = parts(left)
        let rightParts = parts(right)
        for (one, other) in zip(leftParts, rightParts) where !one.elementsEqual(other) {
            if let one = number(one), let other = number(other) {
                if one == other { continue }
                return one < other
            }
            return one.lexicographicallyPrecedes(other)
        }
        return leftParts.count < rightParts.count
    }

    /// Runs of digits and of anything else.
    private static func parts(_ text: String) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var wasDigit = false
        for byte in text.utf8 {
            let isDigit = isDigit(byte)
            if parts.isEmpty || isDigit != wasDigit { parts.append([]) }
            parts[parts.count - 1].append(byte)
            wasDigit = isDigit
        }
        return parts
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Nil for other text and for numbers of more than 64 bits.
    private static func number(_ part: [UInt8]) -> Int64? {
        part.first.map(isDigit) == true ? Int64(String(decoding: part, as: UTF8.self)) : nil
    }
}
