/// Chooses the smallest way to write a column, and writes it.
///
/// All differences are taken modulo 2^64, and reading adds them modulo 2^64, so no column is too wild to come back exactly.
struct ColumnEncoder {
    /// What is to be written: numbers and their form, and which rows have a marker instead of a number (their numbers
    /// are any that suit).
    @safe struct Column {
        var numbers: UnsafeMutablePointer<Int64>
        var count: Int
        var form: Int
        var markerRows: UInt32 = 0
        var staleRows: UInt32 = 0

        var markers: Int {
            (markerRows & ~staleRows == 0 ? 0 : 1) | (staleRows == 0 ? 0 : 2)
        }
    }

    private struct Plan {
        var kind: UInt16
        var width: Int
        /// Bytes of step, bitmap and residuals: what differs between plans.
        var size: Int
        var step: Int64
        /// What the base has beyond the first number, before shifting.
        var offset: Int64
    }

    /// Writes the column and returns its kind, and its length.
    static func write(_ column: Column, to target: UnsafeMutableRawPointer) -> (kind: UInt16, length: Int) {
        unsafe withUnsafeTemporaryAllocation(of: Int64.self, capacity: 2 * Segment.rowLimit) { scratch in
            guard let steps = scratch.baseAddress else { return (ColumnKind.small, 0) }
            let residuals = unsafe steps + Segment.rowLimit
            let first = unsafe column.numbers[0]
            var differing: Int64 = 0
            for row in 0..<column.count { unsafe differing |= column.numbers[row] &- first }
            let shift = differing == 0 ? 0 : differing.trailingZeroBitCount
            for row in 0..<column.count { unsafe steps[row] = (column.numbers[row] &- first) >> Int64(shift) }
            let plan = unsafe plan(steps, column.count)
            let count = unsafe fill(residuals, from: steps, column.count, plan)
            let base = first &+ plan.offset &<< Int64(shift)
            let header = ColumnHeader(
                form: column.form,
                width: plan.width,
                shift: shift,
                baseLength: length(of: base),
                stepLength: stepLength(of: plan.step) ?? 0,
                markers: column.markers
            )
            let length = unsafe write(header, base, plan, column, residuals, count, to: target, steps)
            return (plan.kind, length)
        }
    }

    // MARK: - Choosing

    private static func plan(_ steps: UnsafePointer<Int64>, _ count: Int) -> Plan {
        var low: Int64 = 0
        var high: Int64 = 0
        var changes = 0
        for row in 1..<Swift.max(count, 1) {
            let step = unsafe steps[row]
            low = Swift.min(low, step)
            high = Swift.max(high, step)
            changes += unsafe step == steps[row - 1] ? 0 : 1
        }
        let width = width(from: low, to: high)
        var best = Plan(kind: ColumnKind.linear, width: width, size: bytes(count * width), step: 0, offset: low)
        if changes == 0 { return best }
        let runs = 4 + bytes((changes + 1) * width)
        if runs < best.size { best = Plan(kind: ColumnKind.runs, width: width, size: runs, step: 0, offset: low) }
        if let sloped = unsafe sloped(steps, count), sloped.size < best.size { best = sloped }
        return best
    }

    /// Along the line from the first number to the last.
    private static func sloped(_ steps: UnsafePointer<Int64>, _ count: Int) -> Plan? {
        let last = unsafe steps[count - 1]
        guard last != 0, last.magnitude < 1 << 40 else { return nil }
        let step = (last &* 32) / Int64(count - 1)
        guard let stepLength = stepLength(of: step) else { return nil }
        var low: Int64 = 0
        var high: Int64 = 0
        for row in 0..<count {
            let off = unsafe steps[row] &- (step &* Int64(row)) &>> 5
            low = Swift.min(low, off)
            high = Swift.max(high, off)
        }
        let width = width(from: low, to: high)
        return Plan(
            kind: ColumnKind.linear,
            width: width,
            size: stepLength + bytes(count * width),
            step: step,
            offset: low
        )
    }

    private static func bytes(_ bits: Int) -> Int { (bits + 7) / 8 }

    /// Bits for any number from 0 to the distance.
    private static func width(from low: Int64, to high: Int64) -> Int {
        let width = 64 - UInt64(bitPattern: high &- low).leadingZeroBitCount
        return width > 56 ? 64 : width
    }

    /// Bytes that keep the number and its sign.
    private static func length(of number: Int64) -> Int {
        let bits = 65 - (number < 0 ? ~number : number).leadingZeroBitCount
        return (bits + 7) / 8
    }

    private static func stepLength(of step: Int64) -> Int? {
        if step == 0 { return 0 }
        let length = length(of: step)
        return length <= 1 ? 1 : length <= 3 ? 3 : length <= 5 ? 5 : nil
    }

    // MARK: - Writing

    /// Works out the residuals and returns how many there are.
    private static func fill(
        _ residuals: UnsafeMutablePointer<Int64>,
        from steps: UnsafePointer<Int64>,
        _ count: Int,
        _ plan: Plan
    ) -> Int {
        if plan.kind == ColumnKind.linear {
            for row in 0..<count {
                unsafe residuals[row] = steps[row] &- (plan.step &* Int64(row)) &>> 5 &- plan.offset
            }
            return count
        }
        unsafe residuals[0] = steps[0] &- plan.offset
        var runs = 1
        for row in 1..<count where unsafe steps[row] != steps[row - 1] {
            unsafe residuals[runs] = steps[row] &- plan.offset
            runs += 1
        }
        return runs
    }

    private static func write(
        _ header: ColumnHeader,
        _ base: Int64,
        _ plan: Plan,
        _ column: Column,
        _ residuals: UnsafePointer<Int64>,
        _ count: Int,
        to target: UnsafeMutableRawPointer,
        _ steps: UnsafePointer<Int64>
    ) -> Int {
        // Each store is of a whole word; what it writes too much is overwritten by the next one.
        unsafe target.storeBytes(of: header.bits, as: UInt32.self)
        var place = ColumnHeader.byteCount
        unsafe target.storeBytes(of: base, toByteOffset: place, as: Int64.self)
        place += header.baseLength
        unsafe target.storeBytes(of: plan.step, toByteOffset: place, as: Int64.self)
        place += header.stepLength
        if header.markers != 0 {
            unsafe target.storeBytes(of: column.markerRows, toByteOffset: place, as: UInt32.self)
            unsafe target.storeBytes(of: column.staleRows, toByteOffset: place + 4, as: UInt32.self)
            place += header.markerBytes
        }
        if plan.kind == ColumnKind.runs {
            var changes: UInt32 = 0
            for row in 1..<column.count where unsafe steps[row] != steps[row - 1] { changes |= 1 << UInt32(row) }
            unsafe target.storeBytes(of: changes, toByteOffset: place, as: UInt32.self)
            place += 4
        }
        unsafe pack(residuals, count, header.width, to: target + place)
        return place + bytes(count * header.width)
    }

    private static func pack(
        _ residuals: UnsafePointer<Int64>,
        _ count: Int,
        _ width: Int,
        to target: UnsafeMutableRawPointer
    ) {
        var bit = 0
        if width == 64 {
            for index in 0..<count {
                unsafe target.storeBytes(of: residuals[index], toByteOffset: index * 8, as: Int64.self)
            }
            return
        }
        var word: UInt64 = 0
        var place = 0
        for index in 0..<count {
            unsafe word |= UInt64(bitPattern: residuals[index]) &<< UInt64(bit)
            bit += width
            if bit >= 8 {
                unsafe target.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
                let full = bit & ~7
                place += full >> 3
                word = full >= 64 ? 0 : word >> UInt64(full)
                bit -= full
            }
        }
        unsafe target.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
    }
}
