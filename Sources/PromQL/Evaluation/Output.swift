import Metrics
import Storage

/// The rows of an answer: their labels with the names dropped that were to be dropped, and which of them are the same.
///
/// Labels are made for rows that are part of an answer, and kept for the next one.
final class OutputRows {
    let shape: Shape
    let hasDuplicates: Bool
    /// For each row the first one with the same labels; empty where all differ.
    let first: [Int32]
    private var made: [Labels?]

    init(_ shape: Shape, _ index: borrowing SeriesIndex) {
        self.shape = shape
        made = Array(repeating: nil, count: shape.count)
        let isDistinct =
            switch shape.table.distinctness {
            case .distinctWithoutNames: true
            case .distinct: shape.naming == .kept
            case .unknown: false
            }
        if isDistinct {
            hasDuplicates = false
            first = []
            return
        }
        var rows = LabelRows()
        var firstOfRow: [Int32] = []
        var first: [Int32] = []
        for row in 0..<shape.count {
            let labels = Self.labels(row, shape, index)
            made[row] = labels
            let number = rows.row(of: labels)
            if Int(number) == firstOfRow.count { firstOfRow.append(Int32(row)) }
            first.append(firstOfRow[Int(number)])
        }
        hasDuplicates = firstOfRow.count < shape.count
        self.first = hasDuplicates ? first : []
    }

    private static func labels(_ row: Int, _ shape: Shape, _ index: borrowing SeriesIndex) -> Labels {
        let labels = shape.table.labels(of: row, index)
        return shape.naming.isDropped(row) ? labels.withoutName : labels
    }

    /// Makes the labels of rows that are part of an answer.
    func make(_ rows: some Sequence<Int>, _ store: SampleStore) {
        let missing = rows.filter { made[$0] == nil }
        if missing.isEmpty { return }
        store.readIndex { index in
            for row in missing where !isGone(row, index) { made[row] = Self.labels(row, shape, index) }
        }
    }

    /// Whether a row was a stored series that has left the store while the query ran.
    private func isGone(_ row: Int, _ index: borrowing SeriesIndex) -> Bool {
        shape.table.series.map { index.currentHome(of: $0[row]) == nil } ?? false
    }

    /// The labels of a row that `make` was called for; nil when its series has left the store meanwhile.
    func labels(of row: Int) -> Labels? { made[row] }
}

/// Gathers the series of an answer, stretch after stretch.
struct MatrixCollector {
    private var series: [MatrixSeries] = []
    private var places: [Int32] = []
    private var known: OutputRows?
    private var byLabels: [Labels: Int32] = [:]

    /// Adds the values of a stretch of steps.
    mutating func add(_ block: Block, _ steps: Steps, _ output: OutputRows, _ store: SampleStore) throws(QueryError) {
        output.make((0..<block.rows).lazy.filter { block.hasValue(row: $0) }, store)
        for row in 0..<block.rows {
            var points: [SeriesPoint] = []
            for step in 0..<block.steps where !block[row, step].isAbsent {
                points.append(
                    SeriesPoint(timestamp: Timestamp(milliseconds: steps.time(step)), value: .float(block[row, step]))
                )
            }
            try add(points, row, output)
        }
    }

    /// Adds points of one series, sorted by time. Two series of the same labels become one unless they meet at a time.
    mutating func add(_ points: [SeriesPoint], _ row: Int, _ output: OutputRows) throws(QueryError) {
        guard let start = points.first?.timestamp, let labels = output.labels(of: row) else { return }
        let place = place(of: row, labels, output)
        guard let end = series[place].samples.last?.timestamp else {
            series[place].samples = points
            return
        }
        series[place].samples += points
        if end < start { return }
        series[place].samples.sort { $0.timestamp < $1.timestamp }
        let samples = series[place].samples
        if zip(samples, samples.dropFirst()).contains(where: { $0.timestamp == $1.timestamp }) {
            throw .evaluation(.duplicateLabelset)
        }
    }

    private mutating func place(of row: Int, _ labels: Labels, _ output: OutputRows) -> Int {
        if known !== output {
            // The rows are others than before, as can happen where they depend on values: labels tell which is which.
            if known != nil && byLabels.isEmpty {
                for (place, series) in series.enumerated() { byLabels[series.labels] = Int32(place) }
            }
            places = Array(repeating: -1, count: output.shape.count)
            known = output
        }
        let row = output.hasDuplicates ? Int(output.first[row]) : row
        if places[row] >= 0 { return Int(places[row]) }
        let place = byLabels[labels] ?? Int32(series.count)
        if Int(place) == series.count {
            if !byLabels.isEmpty { byLabels[labels] = place }
            series.append(MatrixSeries(labels: labels, samples: []))
        }
        places[row] = place
        return Int(place)
    }

    func sorted() -> [MatrixSeries] { series.sorted { $0.labels < $1.labels } }
}

extension SeriesSamples {
    /// The samples of the first step as points; an anchored or smoothed window has a point at each of its edges.
    func points(extent: RangeExtent, start: Int64, end: Int64) -> [Sample] {
        var points = (Int(low[0])..<Int(high[0])).map {
            Sample(timestamp: Timestamp(milliseconds: times[$0]), value: values[$0])
        }
        guard extent != .plain, let last = points.last, last.timestamp.rawValue > start else {
            return extent == .plain ? points : []
        }
        let isSmoothed = extent == .smoothed
        let left = Self.edge(points, at: start, isSmoothed: isSmoothed, isLeft: true)
        let right = Self.edge(points, at: end, isSmoothed: isSmoothed, isLeft: false)
        points.removeAll { $0.timestamp.rawValue <= start || $0.timestamp.rawValue >= end }
        return [Sample(timestamp: Timestamp(milliseconds: start), value: left)] + points
            + [Sample(timestamp: Timestamp(milliseconds: end), value: right)]
    }

    /// The value that stands for an edge of the window.
    private static func edge(_ points: [Sample], at time: Int64, isSmoothed: Bool, isLeft: Bool) -> Double {
        let before = points.last { $0.timestamp.rawValue <= time }
        let after = points.first { $0.timestamp.rawValue >= time }
        guard isSmoothed, let before, let after, before.timestamp < after.timestamp else {
            return (before ?? after)?.value ?? 0
        }
        let elapsed = Double(time &- before.timestamp.rawValue)
        return before.value + (after.value - before.value) * elapsed
            / Double(after.timestamp.rawValue &- before.timestamp.rawValue)
    }
}
