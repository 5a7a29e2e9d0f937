/// Deadlines in order: a binary heap, beside which the bodies are kept, so that a cancelled timer costs nothing to forget.
struct TimerQueue {
    private struct Entry {
        let deadline: MonotonicInstant
        let identifier: UInt64

        /// Of two timers for one moment the one that was set first runs first.
        func isBefore(_ other: Entry) -> Bool {
            deadline == other.deadline ? identifier < other.identifier : deadline < other.deadline
        }
    }

    private var heap: [Entry] = []
    private var bodies: [UInt64: @Sendable () -> Void] = [:]
    private var lastIdentifier: UInt64 = 0

    /// The next deadline; it may belong to a timer that was cancelled at the top only until the next removal.
    var first: MonotonicInstant? {
        mutating get {
            while let top = heap.first, bodies[top.identifier] == nil { removeTop() }
            return heap.first?.deadline
        }
    }

    mutating func add(_ deadline: MonotonicInstant, _ body: @escaping @Sendable () -> Void) -> UInt64 {
        lastIdentifier += 1
        bodies[lastIdentifier] = body
        heap.append(Entry(deadline: deadline, identifier: lastIdentifier))
        siftUp(from: heap.count - 1)
        return lastIdentifier
    }

    mutating func remove(_ identifier: UInt64) {
        guard bodies.removeValue(forKey: identifier) != nil else { return }
        // Cancelled entries stay in the heap until they come up; many of them are swept, so that it stays as small as what is set.
        if heap.count > 64, heap.count > 2 * bodies.count { sweep() }
    }

    mutating func removeFirst(due now: MonotonicInstant) -> (@Sendable () -> Void)? {
        guard let deadline = first, deadline <= now, let top = heap.first else { return nil }
        removeTop()
        return bodies.removeValue(forKey: top.identifier)
    }

    private mutating func sweep() {
        heap.removeAll { bodies[$0.identifier] == nil }
        // A sorted list is a heap.
        heap.sort { $0.isBefore($1) }
    }

    private mutating func removeTop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown()
    }

    private mutating func siftUp(from start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard heap[place].isBefore(heap[parent]) else { return }
            heap.swapAt(place, parent)
            place = parent
        }
    }

    private mutating func siftDown() {
        var place = 0
        while true {
            let left = 2 * place + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].isBefore(heap[left]) ? right : left
            guard heap[child].isBefore(heap[place]) else { return }
            heap.swapAt(place, child)
            place = child
        }
    }
}
