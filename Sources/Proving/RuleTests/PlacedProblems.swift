import Diagnostics
import Metrics
import PromQL
import YAML

/// Reads the texts inside a test file that have a language of their own, and tells what is wrong at its place in the file.
struct PlacedProblems {
    let source: SourceText
    private(set) var problems: [Diagnostic] = []

    init(source: SourceText) {
        self.source = source
    }

    mutating func add(_ code: String, _ message: String, at range: Range<Int>, help: String? = nil) {
        problems.append(
            Diagnostic(.error, code: code, message: message, range: range, help: help, source: source)
        )
    }

    /// The labels of `name{label="value"}`.
    mutating func labels(ofSeries text: PlacedText) -> Labels? {
        do throws(ParseError) {
            return try parseMetric(text.text)
        } catch {
            place(error, in: text)
            return nil
        }
    }

    /// The values of `1 2+3x4 _ stale`.
    mutating func values(_ text: PlacedText) -> [Double]? {
        let items: [PromQLScript.Item]
        do throws(ScriptProblem) {
            items = try SeriesNotation.items(text.text)
        } catch {
            for fact in error.facts {
                add("rule-test/values", fact.message, at: text.range(of: fact.range), help: fact.help)
            }
            return nil
        }
        var values: [Double] = []
        values.reserveCapacity(items.count)
        for item in items {
            switch item {
            case .absent: values.append(MarkerNaN.absent)
            case .float(let value): values.append(value)
            case .histogram:
                add(
                    "rule-test/native-histogram",
                    "native histograms are not supported yet",
                    at: text.range,
                    help: "feed in the series of a classic histogram: name_bucket, name_sum, name_count"
                )
                return nil
            }
        }
        return values
    }

    mutating func expression(_ text: PlacedText) -> Expression? {
        do throws(ParseError) {
            return try parse(text.text)
        } catch {
            place(error, in: text)
            return nil
        }
    }

    private mutating func place(_ error: ParseError, in text: PlacedText) {
        for problem in error.diagnostics(in: SourceText(text: text.text)) {
            problems.append(text.placed(problem, in: source))
        }
    }
}

extension PlacedText {
    /// The text of a key that is not there.
    static func empty(at range: Range<Int>) -> PlacedText { PlacedText(nothingAt: range) }
}
