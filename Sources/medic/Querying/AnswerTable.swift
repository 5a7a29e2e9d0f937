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
        let columns: [FittedTable.Column] = [
            .init(title: "SERIES", givesWay: true), .init(title: "VALUE", isNumber: true),
        ]
        let rows: [[FittedTable.Cell]] = elements.map { ["\($0.labels)", .init(Number.answer($0.value.number))] }
        return FittedTable(terminal: terminal, columns: columns).text(rows)
    }

    private func matrix(_ series: [MatrixSeries]) -> String {
        guard !series.isEmpty else { return nothing }
        return series.map { one in
            let rows = one.samples.map { sample in
                [
                    sample.timestamp.rfc3339Text, Age.text(sample.timestamp - reference),
                    Number.answer(sample.value.number),
                ]
            }
            let heading = terminal.styled("\(one.labels)", .bold)
            return heading + "\n"
                + TextTable(terminal).text(["TIME", "AGE", "VALUE"], rows, numbersFrom: 1, indent: "  ")
        }
        .joined(separator: "\n")
    }

    private var nothing: String { terminal.styled("no series", .faint) + "\n" }
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
