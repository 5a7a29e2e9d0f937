import Metrics
import PromQL

/// Compares a range vector with expected series of one item a step.
struct MatrixComparison {
    let steps: PromQLScript.Steps

    // So many cells of a long series are shown, from a little before the first that differs.
    private static let shownCells = 24
    private static let cellsBefore = 4

    func failure(of series: [MatrixSeries], expected lines: [PromQLScript.SeriesLine]) -> EvaluationFailure? {
        for line in lines where line.items.count > steps.count {
            return EvaluationFailure(
                summary:
                    "\(line.labels) is expected to have \(line.items.count) steps, but the query has \(steps.count)"
            )
        }
        var got: [Labels: [SeriesPoint]] = [:]
        for one in series where got.updateValue(one.samples, forKey: one.labels) != nil {
            return EvaluationFailure(summary: "the result has the series \(one.labels) twice")
        }
        var rows: [EvaluationFailure.Row] = []
        var isEqual = true
        for line in lines {
            let samples = got.removeValue(forKey: line.labels)
            guard let difference = difference(of: samples, from: line) else {
                rows.append(
                    .same("\(line.labels) " + cells(Array(line.items.prefix(Self.shownCells))).joined(separator: " "))
                )
                continue
            }
            isEqual = false
            rows += difference
        }
        let surplus = series.filter { got[$0.labels] != nil }
        rows += surplus.map { .got("\($0.labels) " + row($0.samples).joined(separator: " ")) }
        if isEqual && surplus.isEmpty { return nil }
        return EvaluationFailure(summary: "another result", rows: SampleText.shortened(rows))
    }

    /// The rows that show how the series differs, or nil when it does not.
    private func difference(of samples: [SeriesPoint]?, from line: PromQLScript.SeriesLine) -> [EvaluationFailure.Row]?
    {
        guard let samples else {
            let isPresent = line.items.contains { $0 != .absent }
            return isPresent ? [.expected("\(line.labels) " + cells(line.items).joined(separator: " "))] : nil
        }
        if let stray = samples.first(where: { index(of: $0.timestamp) == nil }) {
            let time = stray.timestamp.scriptText
            return [.got("\(line.labels) \(SampleText.of(stray.value.number)) at \(time), where no sample is due")]
        }
        var values = [Double?](repeating: nil, count: min(steps.count, SeriesLineReader.itemsMax))
        for sample in samples {
            if let index = index(of: sample.timestamp), index < values.count { values[index] = sample.value.number }
        }
        let items = line.items + Array(repeating: .absent, count: max(0, values.count - line.items.count))
        let differing = values.indices.filter { !SampleText.areEqual(values[$0], items[$0]) }
        guard let first = differing.first else { return nil }
        return show(line.labels, items, values, first: first, differing: differing)
    }

    private func show(
        _ labels: Labels,
        _ items: [PromQLScript.Item],
        _ values: [Double?],
        first: Int,
        differing: [Int]
    ) -> [EvaluationFailure.Row] {
        let start = items.count <= Self.shownCells ? 0 : max(0, first - Self.cellsBefore)
        let end = min(items.count, start + Self.shownCells)
        let expected = cells(Array(items[start..<end]))
        let got = values[start..<end].map { $0.map(SampleText.of) ?? "_" }
        let widths = zip(expected, got).map { max($0.utf8.count, $1.utf8.count) }
        func joined(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.utf8.count) }
            return
                "\(labels) \(start > 0 ? "... " : "")\(padded.joined(separator: " "))\(end < items.count ? " ..." : "")"
        }
        let times = differing.prefix(3).map { steps.moment($0).scriptText }
        let more = differing.count > times.count ? " and \(differing.count - times.count) more" : ""
        return [
            .expected(joined(expected)), .got(joined(got)),
            .remark("differs at \(times.joined(separator: ", "))\(more)"),
        ]
    }

    private func cells(_ items: [PromQLScript.Item]) -> [String] { items.map(SampleText.of) }

    private func row(_ samples: [SeriesPoint]) -> [String] {
        samples.prefix(Self.shownCells).map { "\(SampleText.of($0.value.number))@\($0.timestamp.scriptText)" }
    }

    /// The step that the moment is, or nil when it lies between two or outside.
    private func index(of time: Timestamp) -> Int? {
        let distance = (time - steps.start).rawValue
        guard distance >= 0, time <= steps.end, distance.isMultiple(of: steps.step.rawValue) else { return nil }
        return Int(distance / steps.step.rawValue)
    }
}
