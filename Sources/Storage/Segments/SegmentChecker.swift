import Metrics

/// Looks through bytes that claim to be a segment, before anything reads values from them: whatever a table entry or a header
/// says, no read may leave the bytes.
struct SegmentChecker {
    let rows: Int
    let columns: Int

    /// Whether every column of the bytes can be read in every row, and the times ascend.
    func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard rows > 0, rows <= Segment.rowLimit, columns > 0, let base = bytes.baseAddress else { return false }
        let groups = (columns + ColumnReader.groupSize - 1) / ColumnReader.groupSize
        let (tableBytes, overflow) = groups.multipliedReportingOverflow(by: ColumnReader.groupBytes)
        guard !overflow, bytes.count >= ColumnReader.spareBytes, bytes.count - ColumnReader.spareBytes >= tableBytes
        else { return false }
        let reader = unsafe ColumnReader(bytes: base)
        let end = bytes.count - ColumnReader.spareBytes
        for column in 0..<columns {
            let (kind, _, place) = reader.entry(column)
            if kind == ColumnKind.small { continue }
            guard kind == ColumnKind.linear || kind == ColumnKind.runs, place >= tableBytes,
                let size = size(kind, at: place, reader, end), size <= end - place
            else { return false }
        }
        let times = (0..<rows).map { reader.number(columns - 1, $0) }
        return zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// The length of a column's data; nil when it runs over the end before that can be said.
    private func size(_ kind: UInt16, at place: Int, _ reader: ColumnReader, _ end: Int) -> Int? {
        guard place <= end - ColumnHeader.byteCount else { return nil }
        let parts = reader.parts(at: place)
        var size = parts.residuals - place
        var count = rows
        if kind == ColumnKind.runs {
            guard size <= end - place - 4 else { return nil }
            count = reader.changes(at: parts.residuals, upTo: rows - 1) + 1
            size += 4
        }
        return size + (count * parts.header.width + 7) / 8
    }
}

extension Segment {
    /// The bytes, for saving.
    package func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try unsafe body(UnsafeRawBufferPointer(start: bytes, count: length))
    }

    /// A segment from saved bytes, which may be anything; nil when they are none.
    package convenience init?(
        checking saved: UnsafeRawBufferPointer,
        firstFrame: Int,
        rowCount: Int,
        slotCount: Int
    ) {
        guard firstFrame >= 0, firstFrame < 1 << 31, slotCount >= 0, slotCount < 1 << 31,
            unsafe SegmentChecker(rows: rowCount, columns: slotCount + 1).accepts(saved)
        else { return nil }
        unsafe self.init(saved, firstFrame: firstFrame, rowCount: rowCount, slotCount: slotCount)
    }
}
