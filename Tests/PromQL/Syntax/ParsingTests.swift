import Foundation
import Metrics
import PromQL
import Testing

@Suite("Reading queries") struct ParsingTests {
    @Test(arguments: [
        Row("a + b * c ^ d", "[a + [b * [c ^ d]]]"),
        Row("a ^ b * c + d", "[[[a ^ b] * c] + d]"),
        Row("a - b - c", "[[a - b] - c]"),
        Row("a ^ b ^ c", "[a ^ [b ^ c]]"),
        Row("a or b and c unless d or e", "[[a or [[b and c] unless d]] or e]"),
        Row("a == b + c", "[a == [b + c]]"),
        Row("a < b == c", "[[a < b] == c]"),
        Row("a * b % c / d atan2 e", "[[[[a * b] % c] / d] atan2 e]"),
        Row("-a ^ b", "[-[a ^ b]]"),
        Row("-a * b", "[[-a] * b]"),
        Row("a ^ -b * c", "[[a ^ [-b]] * c]"),
        Row("- + -a", "[-[+[-a]]]"),
        Row("-1", "-1"),
        Row("-1 ^ 2", "[-[1 ^ 2]]"),
        Row("2 ^ -1 ^ 2", "[2 ^ [-[1 ^ 2]]]"),
        Row("-a offset 5m", "[-a offset 5m]"),
        Row("a + b offset 5m", "[a + b offset 5m]"),
        Row("a offset 5m + 2", "[a offset 5m + 2]"),
        Row("a offset -2 ^ 2", "[a offset -2s ^ 2]"),
        Row("a offset (1h) + 2", "a offset (1h) + 2"),
        Row("a offset -(1h) + 2", "[a offset -(1h) + 2]"),
        Row("a or or or and", "[[a or or] or and]"),
        Row("a </ 5 >/ 1", "[[a </ 5] >/ 1]"),
    ])
    func `Operators bind as in Prometheus`(row: Row) throws {
        #expect(try parsed(row.input).bracketed == row.output)
    }

    @Test(arguments: [
        ("1", 1), ("0x1F", 31), ("0x_1f", 31), ("1_000.5", 1000.5), ("1e3", 1000), ("1E-3", 0.001), (".5", 0.5),
        ("5.", 5),
        ("010", 8), ("08", 8), ("Inf", .infinity), ("inF", .infinity), ("-inf", -.infinity), ("+0.5", 0.5), ("5m", 300),
        ("1h30m", 5400), ("250ms", 0.25), ("-1d", -86_400), ("12345678901234567890", 12_345_678_901_234_567_168),
    ])
    func `Numbers`(text: String, value: Double) throws {
        guard case .number(let literal) = try parsed(text) else {
            Issue.record("no number")
            return
        }
        #expect(literal.value == value)
        #expect(literal.range == 0..<text.utf8.count)
    }

    @Test(arguments: [
        (#""a\n\t\"\\\x41\101\u00e9\U0001F600""#, "a\n\t\"\\AAé😀"), (#"'it\'s'"#, "it's"), (#"'"'"#, "\""),
        ("`a\\n\n`", "a\\n\n"), (#""\ufffd""#, "\u{FFFD}"), (#""""#, ""),
    ])
    func `Strings`(text: String, value: String) throws {
        guard case .string(let literal) = try parsed(text) else {
            Issue.record("no string")
            return
        }
        #expect(Array(literal.value.utf8) == Array(value.utf8))
        #expect(literal.invalidBytes == nil)
    }

    @Test func `A string that is no UTF-8 keeps its bytes`() throws {
        guard case .aggregation(let node) = try parsed(#"count_values("a\xc5z", version)"#),
            case .string(let literal)? = node.parameter
        else {
            Issue.record("no aggregation with a string")
            return
        }
        #expect(literal.invalidBytes == [0x61, 0xC5, 0x7A])
        #expect(literal.text == #""a\xc5z""#)
    }

    @Test(arguments: [
        "avg", "bottomk", "by", "count", "count_values", "fill", "fill_left", "fill_right", "group", "and", "or",
        "unless",
        "max", "min", "offset", "quantile", "stddev", "stdvar", "sum", "topk", "without", "start", "end", "limitk",
        "limit_ratio", "step", "range", "anchored", "smoothed", "min_of", "max_of", "a:b", ":a", "Sum",
    ])
    func `Words of the language may name metrics`(name: String) throws {
        for query in [name, "\(name){x=\"1\"}", "\(name)[5m]", "\(name) offset 5m", "\(name) + \(name)"] {
            let selectors = try parsed(query).selectorUses.map(\.selector)
            #expect(!selectors.isEmpty && selectors.allSatisfy { $0.metricName == name }, "\(query)")
        }
    }

    @Test func `Words of the language may name labels`() throws {
        let names = [
            "avg", "bool", "by", "group_left", "ignoring", "and", "offset", "on", "atan2", "start", "step", "fill",
            "anchored", "max_of", "a:b",
        ]
        guard case .aggregation(let node) = try parsed("sum by (\(names.joined(separator: ", "))) (a)") else {
            Issue.record("no aggregation")
            return
        }
        #expect(node.grouping == names)
    }

    @Test(arguments: [
        Row("SUM BY (x) (a)", "sum by (x) (a)"), Row("a AND b", "a and b"), Row("a OFFSET 5m", "a offset 5m"),
        Row("a == BOOL b", "a == bool b"), Row("a Atan2 b", "a atan2 b"),
    ])
    func `Words may be written in upper case`(row: Row) throws {
        #expect(try parsed(row.input).description == row.output)
    }

    @Test func `Nodes know their places`() throws {
        let query =
            " sum by (x) ( rate(a{y=\"1\"}[5m] ) ) + - foo @ 5 offset 1d anchored * (max_over_time(b[1h:] offset 1h ) )"
        try parsed(query).walk { node in
            let text = String(decoding: Array(query.utf8)[node.range], as: UTF8.self)
            #expect((try? parse(text))?.isEquivalent(to: node) == true, "\(text)")
        }
    }

    @Test(arguments: [
        Row("{\"a.b\", \"x y\"='z'}", "{\"x y\"=\"z\",__name__=\"a.b\"}"), Row("a{b=\"1\",}", "a{b=\"1\"}"),
        Row("{__name__=\"a\"}", "{__name__=\"a\"}"), Row("a{}", "a"), Row("a # x )\n + b", "a + b"),
        Row("sum(a) by (b,)", "sum by (b) (a)"), Row("sum by () (a)", "sum(a)"), Row("a offset 0s", "a"),
        Row("a[300]", "a[5m]"), Row("a[0.0005]", "a[0.0005]"), Row("a offset -1h30m", "a offset -1h30m"),
        Row("a offset 5m @ 1.5", "a @ 1.500 offset 5m"), Row("a @ -1.5", "a @ -1.500"),
        Row("a @ start() anchored offset 1d", "a @ start() anchored offset 1d"),
        Row("a[5m] smoothed @ end() offset 5m", "a[5m] smoothed @ end() offset 5m"),
        Row("a[5m:] @ 1", "a[5m:] @ 1.000"), Row("a[min(5m,step())]", "a[min_of(5m, step())]"),
        Row("a[(( 5m + 1h ))*2]", "a[(5m + 1h) * 2]"),
        Row("a + on() fill_left(1) fill_right(1) b", "a + on () fill (1) b"),
        Row("a + ignoring() group_left b", "a + ignoring () group_left () b"), Row("a + ignoring() b", "a + b"),
        Row("1e21 + 1e-7 + Inf", "1000000000000000000000 + 0.0000001 + +Inf"), Row("Inf ^ 2", "Inf ^ 2"),
        Row("-0", "-0"), Row("90d + 53w1d + 1y", "90d + 372d + 1y"), Row("'\\''", "\"'\""), Row("\"\\x41\"", "\"A\""),
        Row("a offset (1h) @ 5 + 2", "a offset (1h) @ 5.000 + 2"),
    ])
    func `Printing gives the normal form`(row: Row) throws {
        #expect(try parsed(row.input).description == row.output)
    }
}
