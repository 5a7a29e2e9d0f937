import Metrics

/// Moments at which something is due, the earliest first. What is no longer wanted stays in until its time comes, and is then passed over
/// by the owner.
struct WakeQueue<Element: Sendable>: Sendable {
    private var heap: [(at: Timestamp, element: Element)] = []

    var next: Timestamp? { heap.first?.at }
    var count: Int { heap.count }

    mutating func push(_ element: Element, at time: Timestamp) {
        heap.append((time, element))
        var index = heap.count - 1
        while index > 0, heap[index].at < heap[(index - 1) / 2].at {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes out the earliest that is due.
    mutating func pop(at now: Timestamp) -> (at: Timestamp, element: Element)? {
        guard let first = heap.first, first.at <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var index = 0
        while true {
            let left = 2 * index + 1
            guard left < heap.count else { break }
            let right = left + 1
            let child = right < heap.count && heap[right].at < heap[left].at ? right : left
            guard heap[child].at < heap[index].at else { break }
            heap.swapAt(index, child)
            index = child
        }
        return first
    }

    /// Moves all moments, when the clock was set back.
    mutating func shift(by span: Milliseconds) {
        for index in heap.indices { heap[index].at = heap[index].at + span }
    }
}
