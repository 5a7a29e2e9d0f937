import Metrics

/// Quantiles of plain values, interpolated between neighbours. NaN counts as smaller than everything.
///
/// Safety: works in place on a buffer the caller lends; every index is checked against its count by the loops' bounds.
enum Quantile {
    /// The value at fraction `q` of the values, which are left in another order. Linear time, no allocation.
    static func of(_ values: UnsafeMutableBufferPointer<Double>, _ q: Double) -> Double {
        guard !values.isEmpty, !q.isNaN else { return MarkerNaN.plain }
        guard q >= 0 else { return -.infinity }
        guard q <= 1 else { return .infinity }
        let rank = q * Double(values.count - 1)
        let lower = max(0, rank.rounded(.down))
        let weight = rank - rank.rounded(.down)
        let place = Int(lower)
        unsafe select(place, values)
        let upper = place + 1 < values.count ? unsafe smallest(values, from: place + 1) : unsafe values[place]
        return unsafe values[place] * (1 - weight) + upper * weight
    }

    @inline(__always)
    private static func precedes(_ left: Double, _ right: Double) -> Bool {
        left < right || (left.isNaN && !right.isNaN)
    }

    private static func smallest(_ values: UnsafeMutableBufferPointer<Double>, from start: Int) -> Double {
        var best = unsafe values[start]
        for index in start..<values.count where unsafe precedes(values[index], best) { best = unsafe values[index] }
        return best
    }

    /// Brings the value that sorting would put at `place` there, with nothing greater before it and nothing smaller behind.
    private static func select(_ place: Int, _ values: UnsafeMutableBufferPointer<Double>) {
        var low = 0
        var high = values.count - 1
        // Values that keep splitting badly would take quadratic time; after this many rounds the rest is sorted instead.
        var rounds = 2 * (Int.bitWidth - values.count.leadingZeroBitCount)
        while high - low > 16 {
            guard rounds > 0 else { return unsafe heapSort(values, low, high) }
            rounds -= 1
            let (left, right) = unsafe partition(values, low, high)
            if place <= left {
                high = left
            } else if place >= right {
                low = right
            } else {
                return
            }
        }
        unsafe insertionSort(values, low, high)
    }

    /// Splits by the median of three: values up to `left` do not follow the pivot, values from `right` do not precede it.
    private static func partition(
        _ values: UnsafeMutableBufferPointer<Double>,
        _ low: Int,
        _ high: Int
    ) -> (left: Int, right: Int) {
        let middle = low + (high - low) / 2
        if unsafe precedes(values[middle], values[low]) { unsafe values.swapAt(middle, low) }
        if unsafe precedes(values[high], values[low]) { unsafe values.swapAt(high, low) }
        if unsafe precedes(values[high], values[middle]) { unsafe values.swapAt(high, middle) }
        let pivot = unsafe values[middle]
        var left = low
        var right = high
        while left <= right {
            while unsafe precedes(values[left], pivot) { left += 1 }
            while unsafe precedes(pivot, values[right]) { right -= 1 }
            if left <= right {
                unsafe values.swapAt(left, right)
                left += 1
                right -= 1
            }
        }
        return (right, left)
    }

    private static func insertionSort(_ values: UnsafeMutableBufferPointer<Double>, _ low: Int, _ high: Int) {
        guard low < high else { return }
        for index in (low + 1)...high {
            let value = unsafe values[index]
            var place = index
            while place > low, unsafe precedes(value, values[place - 1]) {
                unsafe values[place] = values[place - 1]
                place -= 1
            }
            unsafe values[place] = value
        }
    }

    private static func heapSort(_ values: UnsafeMutableBufferPointer<Double>, _ low: Int, _ high: Int) {
        let count = high - low + 1
        func sink(_ start: Int, _ end: Int) {
            var parent = start
            while 2 * parent + 1 < end {
                var child = 2 * parent + 1
                if child + 1 < end, unsafe precedes(values[low + child], values[low + child + 1]) { child += 1 }
                guard unsafe precedes(values[low + parent], values[low + child]) else { return }
                unsafe values.swapAt(low + parent, low + child)
                parent = child
            }
        }
        for start in stride(from: count / 2 - 1, through: 0, by: -1) { sink(start, count) }
        for end in stride(from: count - 1, to: 0, by: -1) {
            unsafe values.swapAt(low, low + end)
            sink(0, end)
        }
    }
}
