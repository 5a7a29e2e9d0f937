import PromQL
import Testing

@testable import Rules

@Suite struct `The labels of a result` {
    struct Case: CustomTestStringConvertible {
        let expression: String
        /// Those that may be there, of a, b, c and le.
        let possible: String
        var testDescription: String { expression }
    }

    static let cases: [Case] = [
        // Selectors
        .init(expression: "x", possible: "a b c le"),
        .init(expression: #"x{a="1"}"#, possible: "a b c le"),
        .init(expression: #"x{a=""}"#, possible: "b c le"),
        .init(expression: #"x{a!=""}"#, possible: "a b c le"),
        .init(expression: #"x{a=~""}"#, possible: "a b c le"),
        .init(expression: "x offset 5m", possible: "a b c le"),
        // Numbers
        .init(expression: "1", possible: ""),
        .init(expression: "time() - 5", possible: ""),
        .init(expression: "vector(1)", possible: ""),
        .init(expression: "scalar(x)", possible: ""),
        .init(expression: "hour()", possible: ""),
        .init(expression: "hour(x)", possible: "a b c le"),
        // Functions
        .init(expression: "rate(x[5m])", possible: "a b c le"),
        .init(expression: "clamp_max(sum by (a) (x), 1)", possible: "a"),
        .init(expression: "quantile_over_time(0.9, x[5m])", possible: "a b c le"),
        .init(expression: "max_over_time(sum by (a) (x)[1h:1m])", possible: "a"),
        .init(expression: "histogram_quantile(0.9, sum by (le, a) (x))", possible: "a le"),
        .init(expression: "-sum by (a) (x)", possible: "a"),
        .init(expression: "(sum by (a) (x))", possible: "a"),
        .init(expression: "sort_desc(sum by (a) (x))", possible: "a"),
        .init(expression: "info(sum by (a) (x))", possible: "a b c le"),
        // Labels made by functions
        .init(expression: #"label_replace(sum by (a) (x), "b", "$1", "a", "(.*)")"#, possible: "a b"),
        .init(expression: #"label_replace(sum(x), ("b"), "1", "", "")"#, possible: "b"),
        .init(expression: #"label_join(sum by (a) (x), "c", "-", "a")"#, possible: "a c"),
        .init(expression: #"label_replace(x, "a", "", "", "")"#, possible: "a b c le"),
        // Absence
        .init(expression: "absent(x)", possible: ""),
        .init(expression: #"absent(x{a="1", b=~"2"})"#, possible: "a"),
        .init(expression: #"absent((x{a="1"}))"#, possible: "a"),
        .init(expression: #"absent(sum by (a) (x{b="1"}))"#, possible: ""),
        .init(expression: #"absent_over_time(x{b="1"}[5m])"#, possible: "b"),
        .init(expression: #"absent_over_time(x{b="1"}[5m:1m])"#, possible: ""),
        // Aggregations
        .init(expression: "sum(x)", possible: ""),
        .init(expression: "sum by () (x)", possible: ""),
        .init(expression: "sum by (a, b) (x)", possible: "a b"),
        .init(expression: "sum without (a) (x)", possible: "b c le"),
        .init(expression: "sum without () (x)", possible: "a b c le"),
        .init(expression: "sum by (a, b) (sum by (a) (x))", possible: "a"),
        .init(expression: "sum without (a) (sum by (a, b) (x))", possible: "b"),
        .init(expression: #"sum by (a, b) (x{a=""})"#, possible: "b"),
        .init(expression: "topk(3, x)", possible: "a b c le"),
        .init(expression: "topk by (a) (3, x)", possible: "a b c le"),
        .init(expression: "bottomk(3, sum by (b) (x))", possible: "b"),
        .init(expression: "limitk(3, sum by (b) (x))", possible: "b"),
        .init(expression: #"count_values("c", x)"#, possible: "c"),
        .init(expression: #"count_values by (a) ("c", x)"#, possible: "a c"),
        .init(expression: #"count_values without (a) ("a", x)"#, possible: "a b c le"),
        .init(expression: "quantile by (a) (0.5, x)", possible: "a"),
        // Scalars and vectors
        .init(expression: "sum by (a) (x) > 1", possible: "a"),
        .init(expression: "1 - sum by (a) (x)", possible: "a"),
        .init(expression: "1 < bool sum by (a) (x)", possible: "a"),
        // One to one
        .init(expression: "x / y", possible: "a b c le"),
        .init(expression: "x / sum by (a) (y)", possible: "a"),
        .init(expression: "sum by (a, b) (x) / sum by (b, c) (y)", possible: "b"),
        .init(expression: "x / on (a, b) y", possible: "a b"),
        .init(expression: "x > on (a) sum by (a) (y)", possible: "a"),
        .init(expression: "x / on (a, b) sum by (a) (y)", possible: "a"),
        .init(expression: "x / ignoring (a) y", possible: "b c le"),
        .init(expression: "x / on () y", possible: ""),
        // One to many
        .init(expression: "x / on (a) group_left sum by (a) (y)", possible: "a b c le"),
        .init(expression: "sum by (a) (x) * on (a) group_left (b) y", possible: "a b"),
        .init(expression: "x * on (a) group_left (b) sum by (a) (y)", possible: "a c le"),
        .init(expression: "sum by (a) (x) * on (a) group_right y", possible: "a b c le"),
        .init(expression: "sum by (a, c) (x) * on (a) group_right (c) sum by (a, b) (y)", possible: "a b c"),
        // Sets
        .init(expression: "sum by (a) (x) and y", possible: "a"),
        .init(expression: "x and sum by (a) (y)", possible: "a b c le"),
        .init(expression: "sum by (a) (x) unless on (a) y", possible: "a"),
        .init(expression: "sum by (a) (x) or sum by (b) (y)", possible: "a b"),
        .init(expression: "sum by (a) (x) or y", possible: "a b c le"),
        .init(expression: "sum by (a) (x) or vector(0)", possible: "a"),
        .init(expression: "sum without (a) (x) or sum by (a) (y)", possible: "a b c le"),
        .init(expression: "sum without (a) (x) or sum without (b) (y)", possible: "a b c le"),
    ]

    @Test(arguments: cases)
    func `What may be there is told, and what cannot`(row: Case) throws {
        let labels = OutputLabels(of: try parse(row.expression))
        let possible = ["a", "b", "c", "le"].filter(labels.mayHave)
        #expect(possible.joined(separator: " ") == row.possible)
        #expect(labels.mayHave("__name__"))
    }

    @Test func `A partner that is filled in leaves any label possible`() throws {
        let labels = OutputLabels(of: try parse("x + fill (0) sum by (a) (y)"))
        #expect(labels.mayHave("b"))
    }

    @Test func `Names are listed where no others are possible`() throws {
        #expect(OutputLabels(of: try parse("sum by (b, a) (x)")).names == ["a", "b"])
        #expect(OutputLabels(of: try parse("x")).names == nil)
    }
}
