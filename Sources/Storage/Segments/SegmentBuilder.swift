import Metrics

/// Writes the rows of a slab as columns, together with those of short segments before it.
///
/// Sixteen columns at a time are copied into a tile that the nearest cache holds; most columns of most targets are constant,
/// which shows in the tile by comparing each row with the first.
@safe struct SegmentBuilder {
    /// The most that a column takes: header, base, step, bitmaps and whole residuals come to 284.
    private static let columnBytes = 32 + 8 * Segment.rowLimit

    private(set) var bytes: UnsafeMutableRawPointer
    private(set) var byteCount = 0
    private(set) var sampleCount = 0
    private let former: [Segment]
    private let slab: Slab
    private let slabRows: Int
    private let rows: Int
    private let columns: Int
    private var groupStart = 0

    /// The columns of the slots, and the times as one more behind them.
    init(sealing slab: Slab, rows slabRows: Int, slots: Int, behind former: [Segment]) {
        self.former = former
        self.slab = slab
        self.slabRows = slabRows
        rows = former.reduce(slabRows) { $0 + $1.rowCount }
        columns = slots + 1
        let groups = (columns + ColumnReader.groupSize - 1) / ColumnReader.groupSize
        let tableBytes = groups * ColumnReader.groupBytes
        // Much of this is never touched, and so costs nothing; what is used is copied to where it fits.
        unsafe bytes = .allocate(
            byteCount: tableBytes + columns * Self.columnBytes + 2 * ColumnReader.spareBytes,
            alignment: 8
        )
        byteCount = tableBytes
        unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: ColumnReader.groupSize * Segment.rowLimit) {
            tile in
            unsafe withUnsafeTemporaryAllocation(of: Int64.self, capacity: Segment.rowLimit) { numbers in
                guard let tile = tile.baseAddress, let numbers = numbers.baseAddress else { return }
                for group in 0..<groups {
                    let first = group * ColumnReader.groupSize
                    unsafe write(first..<Swift.min(first + ColumnReader.groupSize, slots), group, tile, numbers)
                }
                unsafe copyTimes(into: numbers)
                let times = unsafe ColumnEncoder.Column(numbers: numbers, count: rows, form: 0)
                write(times, at: slots)
            }
        }
        for byte in 0..<ColumnReader.spareBytes {
            unsafe bytes.storeBytes(of: 0, toByteOffset: byteCount + byte, as: UInt8.self)
        }
        byteCount += ColumnReader.spareBytes
    }

    private func copyTimes(into numbers: UnsafeMutablePointer<Int64>) {
        var place = 0
        for segment in former {
            for row in 0..<segment.rowCount { unsafe numbers[place + row] = segment.timestamp(row) }
            place += segment.rowCount
        }
        for row in 0..<slabRows { unsafe numbers[place + row] = slab.times[row] }
    }

    private mutating func write(
        _ slots: Range<Int>,
        _ group: Int,
        _ tile: UnsafeMutablePointer<Double>,
        _ numbers: UnsafeMutablePointer<Int64>
    ) {
        groupStart = byteCount
        let table = group * ColumnReader.groupBytes
        unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: byteCount), toByteOffset: table, as: UInt32.self)
        for index in 0..<ColumnReader.groupSize {
            unsafe bytes.storeBytes(of: ColumnKind.noSamples, toByteOffset: table + 4 + 2 * index, as: UInt16.self)
        }
        guard !slots.isEmpty else { return }
        let changed = unsafe transpose(slots, into: tile)
        for (index, slot) in slots.enumerated() {
            let column = unsafe tile + index * Segment.rowLimit
            if changed & 1 << UInt32(index) == 0 {
                unsafe writeConstant(column[0], at: slot, numbers)
            } else {
                unsafe write(column, at: slot, numbers)
            }
        }
    }

    /// Copies the columns of the slots into the tile; returns a bit for each one that is not constant.
    private func transpose(_ slots: Range<Int>, into tile: UnsafeMutablePointer<Double>) -> UInt32 {
        var place = 0
        for segment in former {
            for (index, slot) in slots.enumerated() {
                let column = unsafe tile + (index &* Segment.rowLimit &+ place)
                let target = unsafe UnsafeMutableBufferPointer(start: column, count: segment.rowCount)
                unsafe segment.copyValues(slot: slot, rows: 0..<segment.rowCount, into: target)
            }
            place += segment.rowCount
        }
        for row in 0..<slabRows {
            let source = unsafe slab.row(row) + slots.lowerBound
            for index in 0..<slots.count {
                unsafe tile[index &* Segment.rowLimit &+ place &+ row] = source[index]
            }
        }
        var changed: UInt32 = 0
        for index in 0..<slots.count {
            let column = unsafe tile + index &* Segment.rowLimit
            let first = unsafe column[0].bitPattern
            var differences: UInt64 = 0
            for row in 1..<rows { unsafe differences |= column[row].bitPattern ^ first }
            changed |= (differences == 0 ? 0 : 1) &<< UInt32(truncatingIfNeeded: index)
        }
        return changed
    }

    private mutating func writeConstant(_ value: Double, at slot: Int, _ numbers: UnsafeMutablePointer<Int64>) {
        if value.isAbsent { return }
        sampleCount += rows
        if value >= 0 && value < Double(ColumnKind.noSamples) && value.bitPattern == Double(Int(value)).bitPattern {
            setEntry(slot, ColumnKind.small, UInt16(value))
            return
        }
        var column = unsafe ColumnEncoder.Column(numbers: numbers, count: rows, form: 0)
        if value.isStaleMarker {
            unsafe numbers[0] = 0
            column.markerRows = UInt32.max >> UInt32(32 - rows)
            column.staleRows = column.markerRows
        } else {
            var value = value
            unsafe column.form = ColumnNumbers.find(&value, 1, into: numbers)
        }
        for row in 1..<rows { unsafe numbers[row] = numbers[0] }
        write(column, at: slot)
    }

    private mutating func write(
        _ values: UnsafeMutablePointer<Double>,
        at slot: Int,
        _ numbers: UnsafeMutablePointer<Int64>
    ) {
        var column = unsafe ColumnEncoder.Column(numbers: numbers, count: rows, form: 0)
        unsafe takeMarkers(from: values, into: &column)
        let absent = column.markerRows & ~column.staleRows
        sampleCount += rows - absent.nonzeroBitCount
        unsafe column.form = ColumnNumbers.find(values, rows, into: numbers)
        write(column, at: slot)
    }

    /// Notes the rows with markers, and puts a neighbour's value there, which costs the least.
    private func takeMarkers(from values: UnsafeMutablePointer<Double>, into column: inout ColumnEncoder.Column) {
        var isMarked = false
        for row in 0..<rows {
            let bits = unsafe values[row].bitPattern
            isMarked = isMarked || bits == MarkerNaN.absentBits || bits == MarkerNaN.staleBits
        }
        guard isMarked else { return }
        var neighbour = 0.0
        for row in (0..<rows).reversed() {
            let value = unsafe values[row]
            if !value.isAbsent && !value.isStaleMarker { neighbour = value }
        }
        for row in 0..<rows {
            let value = unsafe values[row]
            if value.isAbsent || value.isStaleMarker {
                column.markerRows |= 1 << UInt32(row)
                if value.isStaleMarker { column.staleRows |= 1 << UInt32(row) }
                unsafe values[row] = neighbour
            } else {
                neighbour = value
            }
        }
    }

    private mutating func write(_ column: ColumnEncoder.Column, at slot: Int) {
        let (kind, length) = unsafe ColumnEncoder.write(column, to: bytes + byteCount)
        setEntry(slot, kind, UInt16(truncatingIfNeeded: byteCount - groupStart))
        byteCount += length
    }

    private func setEntry(_ column: Int, _ kind: UInt16, _ low: UInt16) {
        let place = column / ColumnReader.groupSize * ColumnReader.groupBytes + 4
        let index = column % ColumnReader.groupSize * 2
        unsafe bytes.storeBytes(of: kind << ColumnKind.shift | low, toByteOffset: place + index, as: UInt16.self)
    }
}
