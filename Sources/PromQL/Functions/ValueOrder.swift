/// How `sort`, `topk` and `bottomk` order values, ties and NaN as Go's heap and sort leave them.
enum ValueOrder: Sendable {
    case ascending
    case descending

    /// Go's sort is an insertion sort up to this length, which keeps ties in place; above it ties are in no order there.
    private static let insertionLimit = 12

    /// The places of the values in this order, NaN last.
    func places(of values: [Double]) -> [Int] {
        sorted(values.indices.map { RankedValue(value: values[$0], place: $0) }).map(\.place)
    }

    func sorted(_ values: [RankedValue]) -> [RankedValue] {
        guard values.count <= ValueOrder.insertionLimit else {
            return values.sorted { strictlyPrecedes($0.value, $1.value) }
        }
        var values = values
        for index in values.indices.dropFirst() {
            var place = index
            while place > 0, isWorse(values[place - 1].value, values[place].value) {
                values.swapAt(place, place - 1)
                place -= 1
            }
        }
        return values
    }

    /// The heap's order: the worst value on top, and NaN worse than everything, also than NaN.
    func isWorse(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN { return true }
        return self == .ascending ? left > right : left < right
    }

    private func strictlyPrecedes(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN || right.isNaN { return !left.isNaN }
        return self == .ascending ? left < right : left > right
    }
}

/// A value and which series of the input it belongs to.
struct RankedValue: Sendable, Hashable {
    var value: Double
    var place: Int
}

/// The k best values of one group for `topk` (descending) and `bottomk` (ascending).
struct BestValues: Sendable {
    private let order: ValueOrder
    private let capacity: Int
    /// A binary heap with the worst of the best on top, moved as Go's container/heap does, so that of ties the same stay.
    private var heap: [RankedValue] = []

    /// `capacity` is at least 1.
    init(_ order: ValueOrder, capacity: Int) {
        self.order = order
        self.capacity = capacity
    }

    mutating func offer(_ value: Double, place: Int) {
        let candidate = RankedValue(value: value, place: place)
        if heap.count < capacity {
            heap.append(candidate)
            rise(heap.count - 1)
        } else if order.isWorse(heap[0].value, value) && !value.isNaN {
            heap[0] = candidate
            sink(0)
        }
    }

    /// The values, best first and NaN last.
    func sorted() -> [RankedValue] { order.sorted(heap) }

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

    private mutating func rise(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard order.isWorse(heap[child].value, heap[parent].value) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, order.isWorse(heap[child + 1].value, heap[child].value) { child += 1 }
            guard order.isWorse(heap[child].value, heap[parent].value) else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }
}
