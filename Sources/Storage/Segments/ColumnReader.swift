import Metrics

/// Reads columns of a segment's bytes. The hot path of every query that looks back further than the open slab: it loads
/// words from wherever they stand, which is why each segment ends with eight spare bytes; that the places lie inside was
/// seen to when the segment was made.
@safe struct ColumnReader {
    let bytes: UnsafeRawPointer
    private let powers = unsafe PowersOfTen.table

    init(bytes: UnsafeRawPointer) {
        unsafe self.bytes = bytes
    }

    /// The table: for each 16 columns the start of their data, then an entry for each.
    static let groupSize = 16
    static let groupBytes = 4 + 2 * groupSize
    static let spareBytes = 8

    @inline(__always)
    private func load<T: BitwiseCopyable>(_ place: Int, as: T.Type) -> T {
        unsafe bytes.loadUnaligned(fromByteOffset: place, as: T.self)
    }

    @inline(__always)
    func entry(_ column: Int) -> (kind: UInt16, low: UInt16, place: Int) {
        let group = column >> 4 &* Self.groupBytes
        let entry = load(group &+ 4 &+ (column & 15) &* 2, as: UInt16.self)
        let low = entry & ColumnKind.placeMask
        let start = load(group, as: UInt32.self)
        return (entry >> ColumnKind.shift, low, Int(start) &+ Int(low))
    }

    /// The value of a column in a row.
    @inline(__always)
    func value(_ column: Int, _ row: Int) -> Double {
        let (kind, low, place) = entry(column)
        if kind == ColumnKind.small {
            return low == ColumnKind.noSamples ? MarkerNaN.absent : Double(Int(low))
        }
        let parts = parts(at: place)
        if parts.header.markers != 0, let marker = marker(parts, row) { return marker }
        return value(number(kind, parts, row), form: parts.header.form)
    }

    /// The whole number of a column in a row, for times.
    @inline(__always)
    func number(_ column: Int, _ row: Int) -> Int64 {
        let (kind, low, place) = entry(column)
        if kind == ColumnKind.small { return Int64(low) }
        return number(kind, parts(at: place), row)
    }

    struct Parts {
        var header: ColumnHeader
        var base: Int64
        var step: Int64
        /// Where bitmaps of markers stand.
        var markers: Int
        /// Where residuals, or the bitmap of runs, stand.
        var residuals: Int
    }

    @inline(__always)
    func parts(at place: Int) -> Parts {
        let header = ColumnHeader(bits: load(place, as: UInt32.self))
        var place = place &+ ColumnHeader.byteCount
        let baseBits = Int64(64 &- 8 &* header.baseLength)
        let base = (load(place, as: Int64.self) &<< baseBits) &>> baseBits
        place &+= header.baseLength
        let stepBits = Int64(64 &- 8 &* header.stepLength)
        let step = header.stepLength == 0 ? 0 : (load(place, as: Int64.self) &<< stepBits) &>> stepBits
        place &+= header.stepLength
        return Parts(
            header: header,
            base: base,
            step: step,
            markers: place,
            residuals: place &+ header.markerBytes
        )
    }

    /// What stands instead of a number, if that is so.
    @inline(__always)
    func marker(_ parts: Parts, _ row: Int) -> Double? {
        let bit = UInt32(1) &<< UInt32(truncatingIfNeeded: row)
        guard load(parts.markers, as: UInt32.self) & bit != 0 else { return nil }
        switch parts.header.markers {
        case 1: return MarkerNaN.absent
        case 2: return MarkerNaN.stale
        default:
            return load(parts.markers &+ 4, as: UInt32.self) & bit != 0 ? MarkerNaN.stale : MarkerNaN.absent
        }
    }

    @inline(__always)
    private func number(_ kind: UInt16, _ parts: Parts, _ row: Int) -> Int64 {
        let width = parts.header.width
        var steps: Int64
        if kind == ColumnKind.linear {
            steps = (parts.step &* Int64(row)) &>> 5 &+ residual(parts.residuals, row, width)
        } else {
            steps = residual(parts.residuals &+ 4, changes(at: parts.residuals, upTo: row), width)
        }
        steps = steps &<< Int64(parts.header.shift)
        return parts.base &+ steps
    }

    /// How often a column of runs has changed up to the row.
    @inline(__always)
    func changes(at place: Int, upTo row: Int) -> Int {
        (load(place, as: UInt32.self) & UInt32.max &>> UInt32(truncatingIfNeeded: 31 &- row)).nonzeroBitCount
    }

    @inline(__always)
    private func residual(_ place: Int, _ index: Int, _ width: Int) -> Int64 {
        let bit = index &* width
        let word = load(place &+ bit &>> 3, as: UInt64.self) &>> UInt64(truncatingIfNeeded: bit & 7)
        return Int64(bitPattern: word & Self.mask(width))
    }

    @inline(__always)
    private static func mask(_ width: Int) -> UInt64 {
        width == 0 ? 0 : UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- width)
    }

    @inline(__always)
    private func value(_ number: Int64, form: Int) -> Double {
        form == ColumnHeader.bitsForm
            ? Double(bitPattern: UInt64(bitPattern: number)) : unsafe Double(number) / powers[form]
    }
}

extension ColumnReader {
    /// The values of a column in a range of rows.
    func copyValues(_ column: Int, _ rows: Range<Int>, into target: UnsafeMutableBufferPointer<Double>) {
        let (kind, low, place) = entry(column)
        if kind == ColumnKind.small {
            let value = low == ColumnKind.noSamples ? MarkerNaN.absent : Double(Int(low))
            for index in 0..<rows.count { unsafe target[index] = value }
            return
        }
        let parts = parts(at: place)
        let (base, step, shift) = (parts.base, parts.step, Int64(parts.header.shift))
        let (width, form) = (parts.header.width, parts.header.form)
        if kind != ColumnKind.linear {
            unsafe fill(target, rows, form) { number(kind, parts, $0) }
        } else if width == 0 && step == 0 {
            let value = value(base, form: form)
            for index in 0..<rows.count { unsafe target[index] = value }
        } else {
            unsafe fill(target, rows, form) { row in
                base &+ ((step &* Int64(row)) &>> 5 &+ residual(parts.residuals, row, width)) &<< shift
            }
        }
        guard parts.header.markers != 0 else { return }
        for row in rows {
            if let marker = marker(parts, row) { unsafe target[row - rows.lowerBound] = marker }
        }
    }

    /// The values that the numbers of the rows stand for. What the form is, is looked at once.
    @inline(__always)
    private func fill(
        _ target: UnsafeMutableBufferPointer<Double>,
        _ rows: Range<Int>,
        _ form: Int,
        _ number: (Int) -> Int64
    ) {
        switch form {
        case 0: for row in rows { unsafe target[row - rows.lowerBound] = Double(number(row)) }
        case ColumnHeader.bitsForm:
            for row in rows {
                unsafe target[row - rows.lowerBound] = Double(bitPattern: UInt64(bitPattern: number(row)))
            }
        default:
            let power = unsafe powers[form]
            for row in rows { unsafe target[row - rows.lowerBound] = Double(number(row)) / power }
        }
    }

    /// How many rows of a column have a sample.
    func sampleCount(_ column: Int, rows: Int) -> Int {
        let (kind, low, place) = entry(column)
        if kind == ColumnKind.small { return low == ColumnKind.noSamples ? 0 : rows }
        let parts = parts(at: place)
        if parts.header.markers & 1 == 0 { return rows }
        return (0..<rows).count { marker(parts, $0)?.isAbsent != true }
    }
}
