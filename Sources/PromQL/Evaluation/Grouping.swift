import Metrics
import Storage

/// The labels by which series are told apart: `by (...)` and `on (...)` keep some, `without (...)` and `ignoring (...)`
/// leave out some and the name.
struct LabelChoice: Sendable {
    /// The names to keep, where it says which to keep.
    let kept: [String]?
    let projection: LabelProjection

    static func keeping(_ names: [String]) -> LabelChoice {
        LabelChoice(kept: names, projection: .keeping(names))
    }

    /// The metric's name is left out besides.
    static func removing(_ names: [String]) -> LabelChoice {
        LabelChoice(kept: nil, projection: .removing(names + [Labels.metricName]))
    }

    func apply(_ labels: Labels) -> Labels { projection.apply(labels) }
}

/// Rows numbered by the labels they have in common. Numbers begin at zero, in order of first appearance.
struct Grouping {
    /// The number of each row, for each of the tables.
    private(set) var numbers: [[Int32]]
    private(set) var count: Int

    /// Rows of several tables that agree get the same number.
    init(_ tables: [LabelTable], by choice: LabelChoice, _ index: borrowing SeriesIndex) {
        if let names = choice.kept, names.isEmpty {
            numbers = tables.map { Array(repeating: 0, count: $0.count) }
            count = tables.contains { $0.count > 0 } ? 1 : 0
            return
        }
        if let names = choice.kept, tables.allSatisfy({ $0.series != nil }) {
            (numbers, count) = Self.bySymbols(tables.map { $0.series ?? [] }, names, index)
            return
        }
        var rows = LabelRows()
        numbers = tables.map { table in
            (0..<table.count).map { row in
                rows.row(of: table.labels(of: row, index), projectedBy: choice.projection)
            }
        }
        count = rows.labels.count
    }

    /// Stored series have their labels as numbers, so no text is touched: rows are told apart by one label, then by the
    /// next, and so on.
    private static func bySymbols(
        _ tables: [[SeriesID]],
        _ names: [String],
        _ index: borrowing SeriesIndex
    ) -> ([[Int32]], Int) {
        var numbers = tables.map { [Int32](repeating: 0, count: $0.count) }
        var count = tables.contains { !$0.isEmpty } ? 1 : 0
        for name in names {
            guard let symbol = index.symbol(of: name) else { continue }
            var known: [UInt64: Int32] = [:]
            for table in tables.indices {
                for (row, series) in tables[table].enumerated() {
                    let value = index.value(of: symbol, in: series).rawValue
                    let key = UInt64(UInt32(bitPattern: numbers[table][row])) << 32 | UInt64(value)
                    if let number = known[key] {
                        numbers[table][row] = number
                    } else {
                        let number = Int32(known.count)
                        known[key] = number
                        numbers[table][row] = number
                    }
                }
            }
            count = known.count
        }
        return (numbers, count)
    }
}

/// The groups of an aggregation over a shape.
struct AggregationGroups {
    /// The group of each row.
    let groups: [Int32]
    let count: Int
    /// One row for each group.
    let shape: Shape
    /// Where asked for, the rows group after group; those of group `g` stand at `starts[g]..<starts[g + 1]`.
    let members: [Int32]
    let starts: [Int]

    init(_ input: Shape, by choice: LabelChoice, listsMembers: Bool = false, _ index: borrowing SeriesIndex) {
        let grouping = Grouping([input.table], by: choice, index)
        groups = grouping.numbers[0]
        count = grouping.count
        var representatives = [Int](repeating: -1, count: count)
        var sizes = [Int](repeating: 0, count: count + 1)
        for (row, group) in groups.enumerated() {
            if representatives[Int(group)] < 0 { representatives[Int(group)] = row }
            sizes[Int(group) + 1] += 1
        }
        for group in 0..<count { sizes[group + 1] += sizes[group] }
        starts = sizes
        members = listsMembers ? Self.members(groups, starts) : []
        shape = Shape(
            LabelTable(
                Self.labels(of: representatives, input.table, choice, index),
                choice.kept == nil ? .distinctWithoutNames : .distinct
            ),
            naming: Self.naming(input, groups, count, choice)
        )
    }

    private static func members(_ groups: [Int32], _ starts: [Int]) -> [Int32] {
        var members = [Int32](repeating: 0, count: groups.count)
        var next = starts
        for (row, group) in groups.enumerated() {
            members[next[Int(group)]] = Int32(row)
            next[Int(group)] += 1
        }
        return members
    }

    private static func labels(
        of rows: [Int],
        _ table: LabelTable,
        _ choice: LabelChoice,
        _ index: borrowing SeriesIndex
    ) -> [Labels] {
        if let names = choice.kept, names.isEmpty { return rows.map { _ in .empty } }
        return rows.map { choice.apply(table.labels(of: $0, index)) }
    }

    /// Only a group by name has a name that could be dropped later.
    private static func naming(_ input: Shape, _ groups: [Int32], _ count: Int, _ choice: LabelChoice) -> Naming {
        guard let names = choice.kept, names.contains(Labels.metricName) else { return .kept }
        var dropped = [Bool](repeating: false, count: count)
        for (row, group) in groups.enumerated() where input.naming.isDropped(row) { dropped[Int(group)] = true }
        return Naming(dropped)
    }
}
