// Columns of numbers are kept in memory of their own, reused from evaluation to evaluation: an array would check bounds
// and uniqueness at every access of the innermost loops. Bounds are asserted in debug builds.

/// Memory for many small numbers; grows, never shrinks, contents are lost when it grows.
@safe
final class Buffer<Element: BitwiseCopyable> {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int

    init() {
        unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: 1)
        capacity = 1
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Room for so many elements, whatever was in it before.
    func cells(_ count: Int) -> Cells<Element> {
        if count > capacity {
            unsafe base.deallocate()
            capacity = max(count, capacity + capacity / 2)
            unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        }
        return unsafe Cells(base: base, count: count)
    }

    /// Room for so many elements, each set to `value`.
    func cells(_ count: Int, filledWith value: Element) -> Cells<Element> {
        let cells = cells(count)
        cells.fill(value)
        return cells
    }
}

/// A view of a buffer's elements. Valid until the buffer is asked for cells again.
@safe
struct Cells<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    @unsafe
    @inline(__always)
    init(base: UnsafeMutablePointer<Element>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count)
            return unsafe base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count)
            unsafe base[index] = newValue
        }
    }

    func fill(_ value: Element) {
        unsafe base.update(repeating: value, count: count)
    }

    /// The elements of a range of places.
    @inline(__always)
    func part(_ range: Range<Int>) -> Cells {
        assert(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe Cells(base: base + range.lowerBound, count: range.count)
    }

    func copy(from other: Cells) {
        assert(count >= other.count)
        unsafe base.update(from: other.base, count: other.count)
    }

    var mutable: UnsafeMutableBufferPointer<Element> {
        unsafe UnsafeMutableBufferPointer(start: base, count: count)
    }

    var readable: UnsafeBufferPointer<Element> {
        unsafe UnsafeBufferPointer(start: base, count: count)
    }
}
