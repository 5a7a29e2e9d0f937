import Answers
import Metrics
import PromQL

/// An answer as comma-separated values (RFC 4180, but with bare newlines): a column for each label, then time and value.
enum AnswerCSV {
    static func text(of value: QueryValue, time: Timestamp) -> String {
        switch value {
        case .scalar(let number): return text([], [([], time, Number.answer(number))])
        case .string(let string): return text([], [([], time, string)])
        case .vector(let elements):
            let names = labelNames(elements.map(\.labels))
            return text(
                names,
                elements.map { (cells($0.labels, names), $0.timestamp, Number.answer($0.value.number)) }
            )
        case .matrix(let series):
            let names = labelNames(series.map(\.labels))
            let rows = series.flatMap { one in
                let cells = cells(one.labels, names)
                return one.samples.map { (cells, $0.timestamp, Number.answer($0.value.number)) }
            }
            return text(names, rows)
        }
    }

    private static func text(_ names: [String], _ rows: [([String], Timestamp, String)]) -> String {
        var lines = [names + ["timestamp", "value"]]
        lines += rows.map { cells, time, value in cells + [time.decimalSeconds, value] }
        return lines.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    /// The names of all labels, sorted by their bytes.
    private static func labelNames(_ sets: [Labels]) -> [String] {
        var names: Set<[UInt8]> = []
        for labels in sets {
            for label in labels { names.insert(Array(label.name.utf8)) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func cells(_ labels: Labels, _ names: [String]) -> [String] {
        names.map { labels[$0] ?? "" }
    }

    private static func quoted(_ cell: String) -> String {
        let special = "\",\n\r".utf8
        guard cell.utf8.contains(where: { special.contains($0) }) else { return cell }
        return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
