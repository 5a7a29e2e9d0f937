import Diagnostics
import Metrics
import PromQL
import Terminal

/// An answer in aligned columns, for people.
struct AnswerTable {
    let terminal: Terminal
    /// The moment from which ages are counted.
    let reference: Timestamp

    func text(of value: QueryValue) -> String {
        switch value {
        case .scalar(let number): Number.answer(number) + "\n"
        case .string(let text): text + "\n"
        case .vector(let elements): vector(elements)
        case .matrix(let series): matrix(series)
        }
    }

    private func vector(_ elements: [VectorElement]) -> String {
        guard !elements.isEmpty else { return nothing }
        let rows = elements.map { ["\($0.labels)", Number.answer($0.value)] }
        return table(["SERIES", "VALUE"], rows, numbersFrom: 1)
    }

    private func matrix(_ series: [MatrixSeries]) -> String {
        guard !series.isEmpty else { return nothing }
        return series.map { one in
            let rows = one.samples.map { sample in
                [sample.timestamp.rfc3339Text, Age.text(sample.timestamp - reference), Number.answer(sample.value)]
            }
            let heading = terminal.styled("\(one.labels)", .bold)
            return heading + "\n" + table(["TIME", "AGE", "VALUE"], rows, numbersFrom: 1, indent: "  ")
        }
        .joined(separator: "\n")
    }

    private var nothing: String { terminal.styled("no series", .faint) + "\n" }

    /// Columns as wide as their widest cell; those from `numbersFrom` on are numbers and end at the same column.
    private func table(_ header: [String], _ rows: [[String]], numbersFrom: Int, indent: String = "") -> String {
        var widths = header.map(TextWidth.columns)
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], TextWidth.columns(cell)) }
        }
        func line(_ cells: [String]) -> String {
            let filled = cells.enumerated().map { column, cell in
                column >= numbersFrom
                    ? TextWidth.paddedLeft(cell, to: widths[column]) : TextWidth.padded(cell, to: widths[column])
            }
            return indent + filled.joined(separator: "  ")
        }
        return ([terminal.styled(line(header), .faint)] + rows.map(line)).map { $0 + "\n" }.joined()
    }
}

/// How long before or after a moment something is, in the two largest units that matter.
enum Age {
    static func text(_ span: Milliseconds) -> String {
        if span == .zero { return "0s" }
        let magnitude = Int64(clamping: span.rawValue.magnitude)
        // Nobody reads the milliseconds of something minutes ago.
        let unit: Int64 = magnitude < 60_000 ? 1 : magnitude < 86_400_000 ? 1_000 : 60_000
        let rounded = magnitude / unit * unit
        return (span < .zero ? "-" : "+") + Milliseconds(rounded).promQLText
    }
}
