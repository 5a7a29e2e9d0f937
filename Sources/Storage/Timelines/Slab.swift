import Metrics

/// Room for the newest frames of a timeline, one row a frame, as they came. Few, since here each value takes eight bytes; the
/// sealed ones, which take one, are put together into longer segments later.
///
/// A row is written once, before it is published; whoever holds the slab and a count of published rows reads those without
/// a lock. The memory is reused only when nobody else holds the slab. Hence `@unchecked Sendable`, and pointers: a row is
/// read while another is written, which an array does not allow.
@safe final class Slab: @unchecked Sendable {
    static let rowCount = 16

    /// Room for values in a row; more than a timeline has slots, so that new series rarely need a new slab.
    let stride: Int
    let times: UnsafeMutablePointer<Int64>
    private let values: UnsafeMutablePointer<Double>

    /// Every place holds no sample.
    init(slots: Int) {
        stride = Self.stride(for: slots)
        unsafe values = .allocate(capacity: stride * Self.rowCount)
        unsafe values.initialize(repeating: MarkerNaN.absent, count: stride * Self.rowCount)
        unsafe times = .allocate(capacity: Self.rowCount)
        unsafe times.initialize(repeating: 0, count: Self.rowCount)
    }

    deinit {
        unsafe values.deallocate()
        unsafe times.deallocate()
    }

    func row(_ row: Int) -> UnsafeMutablePointer<Double> {
        unsafe values + row * stride
    }

    var byteCount: Int { Self.byteCount(stride: stride) }

    static func byteCount(stride: Int) -> Int { (stride + 1) * rowCount * 8 + 64 }

    /// A thirty-second more than asked for, in whole cache lines, an odd number of them: the rows of one column must not all fall
    /// into the same set of the cache when the slab is read column by column.
    private static func stride(for slots: Int) -> Int {
        if slots <= 1 { return 1 }
        if slots <= 8 { return 8 }
        let lines = (slots + slots / 32 + 7) / 8
        return (lines | 1) * 8
    }

    /// A slab for more slots with the same rows.
    func copy(slots: Int) -> Slab {
        let copy = Slab(slots: slots)
        for row in 0..<Self.rowCount {
            unsafe copy.row(row).update(from: self.row(row), count: Swift.min(stride, copy.stride))
            unsafe copy.times[row] = times[row]
        }
        return copy
    }
}
