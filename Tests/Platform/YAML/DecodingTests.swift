import Diagnostics
import Testing
import YAML

private struct Rule: Equatable {
    enum Severity: String, CaseIterable { case info, page }

    var name: String
    var expression: PlacedText
    var wait: Double
    var limit: Int
    var severity: Severity
    var labels: [String]
    var matchers: [String]

    static let shape = Shape<Rule>.structure("a rule") { fields in
        let name = fields.required("alert", .nonEmptyString)
        let expression = fields.required("expr", .placedText)
        let wait = fields.value("for", .number, default: 0)
        let limit = fields.value("limit", .integer(in: 0...100), default: 7)
        let severity = fields.value("severity", .choice, default: Severity.info)
        let labels = fields.value("labels", .map(of: .string), default: [])
        let matchers = fields.value(
            "match",
            .either(scalar: Shape.string.map { [$0] }, list: .list(of: .string)),
            default: []
        )
        fields.unsupported("shard", because: "medic runs on one host")
        guard let name, let expression else { return nil }
        return Rule(
            name: name,
            expression: expression,
            wait: wait,
            limit: limit,
            severity: severity,
            labels: labels.map { "\($0.key.value)=\($0.value)" },
            matchers: matchers
        )
    }
}

@Suite struct DecodingTests {
    private func decode<Value>(_ shape: Shape<Value>, _ text: String) -> (value: Value?, problems: Problems) {
        let (document, problems) = read(text)
        return (document?.decode(shape, problems: problems), problems)
    }

    @Test func `A mapping becomes a struct, with what is absent by default`() throws {
        let (value, problems) = decode(
            Rule.shape,
            "alert: Down\nexpr: up == 0\nfor: 90\nlabels: {a: 5, b: yes, c: }\n"
        )
        #expect(problems.lines == [])
        let rule = try #require(value)
        #expect(rule.name == "Down")
        #expect(rule.expression.text == "up == 0")
        #expect(rule.wait == 90)
        #expect(rule.limit == 7)
        #expect(rule.labels == ["a=5", "b=yes", "c="])
    }

    @Test func `One of two ways to write a value is told apart by its kind`() {
        #expect(decode(Rule.shape, "{alert: a, expr: b, match: x}").value?.matchers == ["x"])
        #expect(decode(Rule.shape, "{alert: a, expr: b, match: [x, y]}").value?.matchers == ["x", "y"])
        #expect(
            decode(Rule.shape, "{alert: a, expr: b, match: {x: y}}").problems.lines == [
                "1:28 yaml/wrong-type: expected a text, or a list, each a text, found a mapping"
            ]
        )
    }

    @Test func `Everything wrong is told in one pass, in the order of the file`() {
        let text = """
            alert: [x]
            fro: 5m
            limit: many
            severity: pgae
            labels:
              a: [1]
              b: {c: d}
            shard: 3
            match:
              - ok
              - - no
            """
        let (value, problems) = decode(Rule.shape, text)
        #expect(value == nil)
        #expect(
            problems.lines == [
                "1:1 yaml/missing-key: the key 'expr' is missing: a text",
                "1:8 yaml/wrong-type: expected a text, found a list (put it in quotes)",
                "2:1 yaml/unknown-key: unknown key 'fro' (did you mean 'for'?)",
                "3:8 yaml/wrong-type: expected a whole number from 0 to 100, found the text 'many'",
                "4:11 yaml/bad-value: 'pgae' is not one of info, page (did you mean 'page'?)",
                "6:6 yaml/wrong-type: expected a text, found a list (put it in quotes)",
                "7:6 yaml/wrong-type: expected a text, found a mapping (put it in quotes)",
                "8:1 yaml/unsupported: 'shard' is not supported: medic runs on one host",
                "11:7 yaml/wrong-type: expected a text, found a list",
            ]
        )
    }

    @Test func `A misspelled key is one mistake, not two`() {
        let (_, problems) = decode(Rule.shape, "alert: a\nexpt: b\n")
        #expect(problems.lines == ["2:1 yaml/unknown-key: unknown key 'expt' (did you mean 'expr'?)"])
        #expect(problems.marked == ["expt"])
    }

    @Test func `An unknown key like no other is answered with the known ones`() {
        let (_, problems) = decode(Rule.shape, "alert: a\nexpr: b\ncompletely: different\n")
        #expect(
            problems.lines == [
                "3:1 yaml/unknown-key: unknown key 'completely'"
                    + " (known here: alert, expr, for, limit, severity, labels, match, shard)"
            ]
        )
    }

    @Test(arguments: [
        ("true", true), ("yes", true), ("On", true), ("n", false), ("OFF", false), ("'true'", nil), ("1", nil),
        ("[]", nil),
    ])
    func `Booleans may be written as YAML 1.1 knows them`(_ text: String, _ expected: Bool?) {
        #expect(decode(.boolean, text).value == expected)
        #expect(decode(.boolean, text).problems.hasErrors == (expected == nil))
    }

    @Test(arguments: [
        ("5", 5), ("1e2", 100), ("0x10", 16), ("5.5", nil), ("'5'", nil), ("five", nil), ("101", nil), ("-1", nil),
        ("1e300", nil),
    ])
    func `Whole numbers are whole and within their bounds`(_ text: String, _ expected: Int?) {
        #expect(decode(.integer(in: 0...100), text).value == expected)
    }

    @Test func `A shape can be narrowed, with a word of advice`() {
        let even = Shape<Int>.integer.narrowed(to: "an even number", help: "add one") { $0 % 2 == 0 ? $0 : nil }
        #expect(decode(even, "4").value == 4)
        #expect(decode(even, "5").problems.lines == ["1:1 yaml/bad-value: '5' is not an even number (add one)"])
    }

    @Test func `An empty file decodes as an empty mapping`() {
        let shape = Shape<Int>.structure("a file") { $0.value("groups", .integer, default: 3) }
        #expect(decode(shape, "# nothing\n").value == 3)
        #expect(decode(Rule.shape, "").problems.lines.count == 2)
    }

    @Test func `Null is the same as absent`() {
        let (value, problems) = decode(Rule.shape, "alert: a\nexpr: b\nfor:\nlabels: ~\n")
        #expect(problems.lines == [])
        #expect(value?.wait == 0)
        #expect(
            decode(Rule.shape, "alert: a\nexpr: ~\n").problems.lines == [
                "2:1 yaml/missing-key: 'expr' is empty: expected a text"
            ]
        )
    }

    @Test func `Exactly one of two keys`() {
        let shape = Shape<String>.structure("a rule") { $0.exactlyOne(of: ["record", "alert"]) }
        #expect(decode(shape, "alert: a").value == "alert")
        #expect(decode(shape, "{}").problems.lines == ["1:1 yaml/missing-key: one of 'record' or 'alert' is missing"])
        #expect(
            decode(shape, "alert: a\nrecord: b").problems.lines == [
                "1:1 yaml/conflict: only one of 'record' or 'alert' can be given"
            ]
        )
    }

    @Test func `A merged key is read like a written one, and wrong where it stands`() {
        let text = "- &base {alert: a, expr: b, limit: x}\n- <<: *base\n  limit: 5\n"
        let (_, problems) = decode(.list(of: Rule.shape), text)
        #expect(
            problems.lines == [
                "1:36 yaml/wrong-type: expected a whole number from 0 to 100, found the text 'x'"
            ]
        )
    }

    @Test func `A shape can contain itself`() {
        indirect enum Tree: Equatable { case node([Tree]) }
        struct Shapes {
            static var tree: Shape<Tree> {
                .structure("a tree") { fields in
                    .node(fields.value("in", .list(of: .recursive("a tree") { Self.tree }), default: []))
                }
            }
        }
        #expect(decode(Shapes.tree, "in: [{in: [{}]}]").value == .node([.node([.node([])])]))
    }

    @Test func `A value can be kept with its place`() {
        let value = decode(.list(of: Shape.string.placed), "[ab, 'c']").value
        #expect(value == [Placed("ab", range: 1..<3), Placed("c", range: 5..<8)])
    }
}
