import Metrics
import Storage

/// Which series an expression yields, in which order. A shape changes only when series come or go, so whatever follows
/// from it is worked out once and kept for as long as the very same object comes back.
final class Shape: Sendable {
    let table: LabelTable
    let naming: Naming

    init(_ table: LabelTable, naming: Naming = .kept) {
        self.table = table
        self.naming = naming
    }

    var count: Int { table.count }

    /// The shape of a number, and of `vector(1)`: one series without labels.
    static let scalar = Shape(LabelTable([Labels.empty], .distinctWithoutNames))
    /// The shape of an answer without series.
    static let empty = Shape(LabelTable([], .distinctWithoutNames))
}

/// Whether the metric's name will be dropped at the end of the query: a function that changes what a value means says so,
/// but labels keep their name until then, so that two metrics do not collide half way.
enum Naming: Sendable, Equatable {
    case kept
    case dropped
    /// Row by row: true where the name will be dropped.
    case mixed([Bool])

    func isDropped(_ row: Int) -> Bool {
        switch self {
        case .kept: false
        case .dropped: true
        case .mixed(let rows): rows[row]
        }
    }

    init(_ rows: [Bool]) {
        self = !rows.contains(true) ? .kept : !rows.contains(false) ? .dropped : .mixed(rows)
    }
}

/// The labels of a shape's rows. Made row by row where something asks for them: of an alert over many series, only those
/// that fire are ever asked for.
final class LabelTable: Sendable {
    /// What is known of rows with the same labels.
    enum Distinctness {
        case unknown
        /// There are none.
        case distinct
        /// There are none, and would be none if the names were dropped.
        case distinctWithoutNames
    }

    private enum Source: Sendable {
        case made([Labels])
        case series([SeriesID])
        case derived(@Sendable (Int, borrowing SeriesIndex) -> Labels)
    }

    let count: Int
    let distinctness: Distinctness
    private let source: Source

    init(_ labels: [Labels], _ distinctness: Distinctness = .unknown) {
        count = labels.count
        source = .made(labels)
        self.distinctness = distinctness
    }

    init(series: [SeriesID], _ distinctness: Distinctness) {
        count = series.count
        source = .series(series)
        self.distinctness = distinctness
    }

    /// Rows whose labels follow from others.
    init(
        count: Int,
        _ distinctness: Distinctness,
        labels: @escaping @Sendable (Int, borrowing SeriesIndex) -> Labels
    ) {
        self.count = count
        source = .derived(labels)
        self.distinctness = distinctness
    }

    /// The stored series that the rows are, where they are stored series: their labels can be compared as numbers.
    var series: [SeriesID]? {
        if case .series(let series) = source { series } else { nil }
    }

    /// The labels of a row. A series that has just left the store has none.
    func labels(of row: Int, _ index: borrowing SeriesIndex) -> Labels {
        switch source {
        case .made(let labels): labels[row]
        case .series(let series): index.labels(of: series[row])
        case .derived(let labels): labels(row, index)
        }
    }

    /// The labels of every row.
    func labels(_ index: borrowing SeriesIndex) -> [Labels] {
        if case .made(let labels) = source { return labels }
        var all: [Labels] = []
        all.reserveCapacity(count)
        for row in 0..<count { all.append(labels(of: row, index)) }
        return all
    }
}

extension Labels {
    private static let metadata = LabelProjection.removing([Labels.metricName, "__type__", "__unit__"])

    /// The set without what describes the metric itself: its name, type and unit.
    var withoutName: Labels { Labels.metadata.apply(self) }
}
