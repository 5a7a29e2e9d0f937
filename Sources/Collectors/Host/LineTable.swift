/// The series of a table of the kernel, row by row: as long as its rows stay in their order, each is found without a search.
struct LineTable {
    /// More rows have no series: a host of that many devices is in trouble of another kind.
    static let rowsMax = 4_096

    private struct Row {
        let name: [UInt8]
        /// None for what is not wanted.
        let lines: [SampleSheet.Line]
        var turn: Int
    }

    private var rows: [Row] = []
    private var expected = 0
    private var turn = 0

    /// A new reading of the table begins.
    mutating func begin() {
        turn &+= 1
        expected = 0
    }

    /// The series of the row, made when it is new. None when the row was there already in this reading.
    mutating func lines(_ name: ArraySlice<UInt8>, make: (String) -> [SampleSheet.Line]) -> [SampleSheet.Line] {
        let place: Int
        if expected < rows.count, rows[expected].name[...] == name {
            place = expected
        } else if let found = rows.firstIndex(where: { $0.name[...] == name }) {
            place = found
        } else {
            guard rows.count < Self.rowsMax else { return [] }
            place = Swift.min(expected, rows.count)
            rows.insert(Row(name: Array(name), lines: make(name.text), turn: turn &- 1), at: place)
        }
        guard rows[place].turn != turn else { return [] }
        rows[place].turn = turn
        expected = place + 1
        return rows[place].lines
    }

    /// The series of rows that have gone end.
    mutating func end(_ sheet: SampleSheet) {
        guard rows.contains(where: { $0.turn != turn }) else { return }
        for row in rows where row.turn != turn {
            for line in row.lines { sheet.drop(line) }
        }
        rows.removeAll { $0.turn != turn }
    }
}
