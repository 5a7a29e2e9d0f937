import Metrics
import Storage
import Synchronization

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
    static let scalar = Shape(LabelTable([Labels.empty]))
    /// The shape of an answer without series.
    static let empty = Shape(LabelTable([]))
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

/// The labels of a shape's rows, made only when something asks for them.
final class LabelTable: Sendable {
    let count: Int
    /// The stored series that the rows are, where they are stored series: their labels can be compared as numbers.
    let series: [SeriesID]?
    /// Whether all rows have the same metric name, so that they stay different without it.
    let hasOneName: Bool
    private let made: Mutex<[Labels]?>

    init(_ labels: [Labels]) {
        count = labels.count
        series = nil
        hasOneName = false
        made = Mutex(labels)
    }

    init(series: [SeriesID], hasOneName: Bool) {
        count = series.count
        self.series = series
        self.hasOneName = hasOneName
        made = Mutex(nil)
    }

    /// The labels of every row.
    func labels(_ index: borrowing SeriesIndex) -> [Labels] {
        made.withLock { made in
            if let made { return made }
            let labels = (series ?? []).map { index.labels(of: $0) }
            made = labels
            return labels
        }
    }
}

extension Labels {
    private static let metadata = LabelProjection.removing([Labels.metricName, "__type__", "__unit__"])

    /// The set without what describes the metric itself: its name, type and unit.
    var withoutName: Labels { Labels.metadata.apply(self) }
}
