import Diagnostics
import Metrics
import Testing
import YAML

@testable import Relabelling

/// A set of labels, rules as YAML, and what comes out; nil for dropped.
struct RelabelCase: CustomTestStringConvertible, Sendable {
    let name: String
    let rules: String
    let expected: Labels?
    let labels: Labels

    init(_ name: String, _ labels: Labels, _ rules: String, _ expected: Labels?) {
        self.name = name
        self.labels = labels
        self.rules = rules
        self.expected = expected
    }

    var testDescription: String { name }
}

@Suite struct `Relabelling` {
    static func read(_ text: String) -> (rules: RelabelRules?, problems: [String]) {
        let source = SourceText(name: "medic.yml", text: text)
        let problems = Problems(in: source)
        let rules = YAMLDocument(source, problems: problems).flatMap {
            Shape<RelabelRules>.relabelRules.decode($0.root, problems)
        }
        let lines = problems.diagnostics.map { problem in
            let place = source.place(of: problem.range.lowerBound)
            return "\(place.line):\(place.column): \(problem.message) [\(problem.code)]"
        }
        return (rules, lines)
    }

    static let abc: Labels = ["a": "foo", "b": "bar", "c": "baz"]

    static let cases: [RelabelCase] = [
        .init(
            "replace with a group",
            abc,
            "- {source_labels: [a], regex: 'f(.*)', target_label: d, replacement: 'ch${1}-ch${1}'}",
            ["a": "foo", "b": "bar", "c": "baz", "d": "choo-choo"]
        ),
        .init(
            "rules see what rules before them did",
            abc,
            "- {source_labels: [a, b], regex: 'f(.*);(.*)r', target_label: a, replacement: 'b${1}${2}m'}\n"
                + "- {source_labels: [c, a], regex: '(b).*b(.*)ba(.*)', target_label: d, replacement: '$1$2$2$3'}",
            ["a": "boobam", "b": "bar", "c": "baz", "d": "boooom"]
        ),
        .init("drop what matches", abc, "- {source_labels: [a], regex: '.*o.*', action: drop}", nil),
        .init("drop leaves what does not match", abc, "- {source_labels: [a], regex: 'no-match', action: drop}", abc),
        .init("the regex is anchored", abc, "- {source_labels: [a], regex: 'f|o', action: drop}", abc),
        .init("keep what matches", abc, "- {source_labels: [a], regex: 'f.*', action: keep}", abc),
        .init("keep drops what does not match", abc, "- {source_labels: [a], regex: 'no-match', action: keep}", nil),
        .init("an action in capitals", abc, "- {source_labels: [a], regex: 'no-match', action: KEEP}", nil),
        .init(
            "no match, no replacement",
            abc,
            "- {source_labels: [a], regex: 'no', target_label: d, replacement: x}",
            abc
        ),
        .init(
            "the default copies",
            abc,
            "- {source_labels: [a], target_label: d}",
            ["a": "foo", "b": "bar", "c": "baz", "d": "foo"]
        ),
        .init(
            "an empty replacement removes",
            abc,
            "- {source_labels: [a], target_label: b, replacement: ''}",
            ["a": "foo", "c": "baz"]
        ),
        .init(
            "a label without a source",
            abc,
            "- {target_label: d, replacement: x}",
            ["a": "foo", "b": "bar", "c": "baz", "d": "x"]
        ),
        .init(
            "a target made of groups",
            ["a": "some-name-value"],
            "- {source_labels: [a], regex: 'some-([^-]+)-([^,]+)', target_label: '${1}', replacement: '${2}'}",
            ["a": "some-name-value", "name": "value"]
        ),
        .init(
            "a target that comes out empty",
            ["a": "x"],
            "- {source_labels: [a], regex: 'x(y)?', target_label: '${1}', replacement: z}",
            ["a": "x"]
        ),
        .init(
            "named groups",
            ["a": "k=v"],
            "- {source_labels: [a], regex: '(?P<key>.)=(?P<value>.)', target_label: '${key}', replacement: '$value$$'}",
            ["a": "k=v", "k": "v$"]
        ),
        .init(
            "a name takes all letters behind it",
            ["a": "x"],
            "- {source_labels: [a], target_label: b, replacement: 'p$1x'}",
            ["a": "x", "b": "p"]
        ),
        .init(
            "a dollar by itself",
            ["a": "x"],
            "- {source_labels: [a], target_label: b, replacement: '$ ${ $-'}",
            ["a": "x", "b": "$ ${ $-"]
        ),
        .init("the dot matches line breaks", ["a": "x\ny"], "- {source_labels: [a], regex: 'x.y', action: drop}", nil),
        .init(
            "hashmod",
            abc,
            "- {source_labels: [c], target_label: d, action: hashmod, modulus: 1000}",
            ["a": "foo", "b": "bar", "c": "baz", "d": "976"]
        ),
        .init(
            "hashmod of text with a line break",
            ["a": "foo\nbar"],
            "- {source_labels: [a], target_label: b, action: hashmod, modulus: 1000}",
            ["a": "foo\nbar", "b": "734"]
        ),
        .init(
            "labelmap",
            ["a": "foo", "b1": "bar", "b2": "baz"],
            "- {regex: '(b.*)', replacement: 'bar_${1}', action: labelmap}",
            ["a": "foo", "b1": "bar", "b2": "baz", "bar_b1": "bar", "bar_b2": "baz"]
        ),
        .init(
            "labelmap of meta labels",
            ["a": "foo", "__meta_my_bar": "aaa", "__meta_my_baz": "bbb", "__meta_other": "ccc"],
            "- {regex: '__meta_(my.*)', replacement: '${1}', action: labelmap}",
            [
                "a": "foo", "__meta_my_bar": "aaa", "__meta_my_baz": "bbb", "__meta_other": "ccc", "my_bar": "aaa",
                "my_baz": "bbb",
            ]
        ),
        .init(
            "labeldrop",
            ["a": "foo", "b1": "bar", "b2": "baz"],
            "- {regex: '(b.*)', action: labeldrop}",
            ["a": "foo"]
        ),
        .init(
            "labelkeep",
            ["a": "foo", "b1": "bar", "b2": "baz"],
            "- {regex: '(b.*)', action: labelkeep}",
            ["b1": "bar", "b2": "baz"]
        ),
        .init(
            "lower and upper case",
            ["foo": "bAr123Foo"],
            "- {source_labels: [foo], action: lowercase, target_label: lower}\n- {source_labels: [foo], action: uppercase, target_label: upper}",
            ["foo": "bAr123Foo", "lower": "bar123foo", "upper": "BAR123FOO"]
        ),
        .init(
            "letters keep their number",
            ["a": "ßİŉ"],
            "- {source_labels: [a], action: uppercase, target_label: a}",
            ["a": "ßİŉ"]
        ),
        .init(
            "keepequal keeps",
            ["a": "x", "b": "x"],
            "- {source_labels: [a], action: keepequal, target_label: b}",
            ["a": "x", "b": "x"]
        ),
        .init(
            "keepequal drops",
            ["a": "x", "b": "y"],
            "- {source_labels: [a], action: keepequal, target_label: b}",
            nil
        ),
        .init(
            "dropequal drops",
            ["a": "x", "b": "x"],
            "- {source_labels: [a], action: dropequal, target_label: b}",
            nil
        ),
        .init(
            "dropequal keeps",
            ["a": "x", "b": "y"],
            "- {source_labels: [a], action: dropequal, target_label: b}",
            ["a": "x", "b": "y"]
        ),
        .init("missing labels are empty", ["a": "x"], "- {source_labels: [q, r], regex: ';', action: drop}", nil),
        .init(
            "a separator of one's own",
            abc,
            "- {source_labels: [a, b], separator: '||', regex: 'foo\\|\\|bar', action: drop}",
            nil
        ),
        .init(
            "any name is a name",
            abc,
            "- {source_labels: [a], target_label: 'a.ä b'}",
            ["a": "foo", "b": "bar", "c": "baz", "a.ä b": "foo"]
        ),
    ]

    @Test(arguments: cases) func `Every action does what it does to Prometheus`(_ sample: RelabelCase) throws {
        let (rules, problems) = Self.read(sample.rules)
        #expect(problems == [])
        let result = try #require(rules).apply(to: sample.labels)
        #expect(result == sample.expected)
        var builder = LabelsBuilder(sample.labels)
        let isKept = try #require(rules).apply(to: &builder)
        #expect((isKept ? builder.build() : nil) == sample.expected)
    }

    @Test(arguments: [
        (
            "- {action: replase, target_label: a}",
            "1:12: 'replase' is not one of replace, keep, drop, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase, keepequal, dropequal [yaml/bad-value]"
        ),
        (
            "- {action: replace}",
            "1:3: relabel configuration for replace action requires 'target_label' value [relabel/no-target]"
        ),
        (
            "- {action: hashmod, target_label: a}",
            "1:3: relabel configuration for hashmod requires non-zero modulus [relabel/no-modulus]"
        ),
        (
            "- {action: lowercase, target_label: a, replacement: x}",
            "1:40: 'replacement' can not be set for lowercase action [relabel/needless-key]"
        ),
        (
            "- {action: keepequal, target_label: a, regex: x}",
            "1:40: keepequal action requires only 'source_labels' and 'target_label', and no other fields [relabel/needless-key]"
        ),
        (
            "- {action: labeldrop, regex: x, source_labels: [a]}",
            "1:33: labeldrop action requires only 'regex', and no other fields [relabel/needless-key]"
        ),
        (
            "- {action: labelmap, replacement: ''}",
            "1:22: \"\" is invalid 'replacement' for labelmap action: it is the name of the new label [relabel/bad-replacement]"
        ),
        (
            "- {source_labels: [a], regex: '(', action: keep}",
            "1:24: the regex cannot be compiled: missing ): ( [relabel/bad-regex]"
        ),
        (
            "- {source_labels: a, action: keep}",
            "1:19: expected a list, each a text that is not empty, found the text 'a' [yaml/wrong-type]"
        ),
        ("- {source_label: [a], action: keep}", "1:4: unknown key 'source_label' [yaml/unknown-key]"),
    ])
    func `What Prometheus refuses is refused, at its place`(text: String, expected: String) {
        let (rules, problems) = Self.read(text)
        #expect(rules == nil)
        #expect(problems == [expected])
    }

    @Test func `MD5 is MD5`() {
        func text(_ message: String) -> String {
            MD5.digest(of: Array(message.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(text("") == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(text("message digest") == "f96b697d7cb7938d525a2f31aaf161d0")
        #expect(
            text("12345678901234567890123456789012345678901234567890123456789012345678901234567890")
                == "57edf4a22be3c955ac49da2e2107b67a"
        )
    }

    @Test func `Rules written the same are the same`() throws {
        let one = try #require(Self.read("- {source_labels: [a], target_label: b}").rules)
        #expect(one == Self.read("- {target_label: b, source_labels: [a], regex: (.*)}").rules)
        #expect(one != Self.read("- {target_label: b, source_labels: [a], regex: (.+)}").rules)
    }
}
