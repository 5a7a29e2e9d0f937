import Diagnostics
import Testing

@testable import YAML

@Suite struct EditingTests {
    private func edit(_ text: String, _ path: String, _ value: YAMLValue) throws -> String {
        let (document, problems) = read(text)
        return try #require(document, "\(problems.lines)").setting(YAMLPath(path), to: value)
    }

    static let file = """
        # The sampler.  \t
        processors:
            sampler: {percentage:  10 , "mode" : 'hash'}   # ten
            names:   [ä, 'b' ,"c"]
        empty:
        receivers:
        - name:\totlp # first
          script: |  # keep
            one

            two
          note: >-
            folded
            text
        - name: "über"
        last: yes
        """

    @Test(arguments: [
        ("processors.sampler.percentage", YAMLValue.float(2.5), "percentage:  10 ,", "percentage:  2.5 ,"),
        ("processors.sampler.percentage", .string("10"), "percentage:  10 ,", "percentage:  '10' ,"),
        ("processors.sampler.percentage", .string("a, b"), "percentage:  10 ,", "percentage:  'a, b' ,"),
        ("processors.sampler.mode", .string("it's"), "'hash'", "'it''s'"),
        ("processors.sampler.mode", .string("a\nb"), "'hash'", "\"a\\nb\""),
        ("processors.sampler.mode", .boolean(true), "'hash'", "true"),
        ("processors.names[0]", .string("日本"), "[ä,", "[日本,"),
        ("processors.names[0]", .string("]"), "[ä,", "[']',"),
        ("processors.names[2]", .string("q\"\\\u{1}"), "\"c\"", "\"q\\\"\\\\\\x01\""),
        ("empty", .integer(3), "empty:", "empty: 3"),
        ("empty", .string(""), "empty:", "empty: ''"),
        ("receivers[0].name", .string("jaeger"), "otlp #", "jaeger #"),
        ("receivers[0].name", .string("a # b"), "otlp #", "'a # b' #"),
        ("receivers[0].name", .string("a: b"), "otlp #", "'a: b' #"),
        ("receivers[0].name", .string("yes"), "otlp #", "'yes' #"),
        ("receivers[0].name", .string("5m"), "otlp #", "5m #"),
        ("receivers[0].name", .string("12:30"), "otlp #", "'12:30' #"),
        ("receivers[0].name", .string("2001-01-01"), "otlp #", "'2001-01-01' #"),
        ("receivers[0].name", .string("- x"), "otlp #", "'- x' #"),
        ("receivers[0].name", .null, "otlp #", "null #"),
        ("receivers[0].script", .string("x\n\n  y\n"), "|  # keep\n    one\n\n    two", "|  # keep\n    x\n\n      y"),
        ("receivers[0].script", .string("x"), "|  # keep\n    one\n\n    two", "|-  # keep\n    x"),
        ("receivers[0].script", .string("x\n\n"), "|  # keep\n    one\n\n    two\n", "|+  # keep\n    x\n\n"),
        ("receivers[0].script", .string(" x"), "|  # keep\n    one\n\n    two", "\" x\"  # keep"),
        ("receivers[0].script", .integer(5), "|  # keep\n    one\n\n    two", "5"),
        ("receivers[0].note", .string("x y"), "    folded\n    text", "    x y"),
        ("receivers[0].note", .string("x\ny"), ">-\n    folded\n    text", "|-\n    x\n    y"),
        ("receivers[1].name", .string("x"), "\"über\"", "\"x\""),
        ("last", .boolean(false), "last: yes", "last: false"),
        ("last", .float(.infinity), "last: yes", "last: .inf"),
        ("last", .float(.nan), "last: yes", "last: .nan"),
        ("last", .float(1e300), "last: yes", "last: 1e+300"),
    ])
    func `One value changes and nothing else`(_ path: String, _ value: YAMLValue, _ old: String, _ new: String) throws {
        for lineEnd in ["\n", "\r\n"] {
            let (file, old, new) = (Self.file.lines(lineEnd), old.lines(lineEnd), new.lines(lineEnd))
            let bytes = Array(file.utf8)
            let places = bytes.indices.filter { bytes[$0...].starts(with: old.utf8) }
            let place = try #require(places.count == 1 ? places.first : nil)
            let expected = bytes[..<place] + Array(new.utf8) + bytes[(place + old.utf8.count)...]
            #expect(try edit(file, path, value) == String(decoding: expected, as: UTF8.self))
        }
    }

    @Test(arguments: [
        ("a: 1\n", "b", YAMLEditError.Kind.missing, "there is no 'b'"),
        ("percent: 1\n", "precent", .missing, "there is no 'precent'; did you mean 'percent'?"),
        ("a: [1]\n", "a[1]", .missing, "there is no 'a[1]': the list has 1 elements"),
        ("a: [1]\n", "a.b", .missing, "there is no 'a.b': what is before it is a list"),
        ("a: {b: 1}\n", "a", .notScalar, "'a' is a mapping, not a single value"),
        ("a: &x 1\nb: *x\n", "b", .shared, "'b' is an alias: change the value it stands for"),
        ("a: &x 1\nb: *x\n", "a", .shared, "'a' is used in other places too, through an alias at 2:4"),
        ("a: &x {c: 1}\nb: *x\n", "a.c", .shared, "'a' is used in other places too, through an alias at 2:4"),
        ("a: &x {c: 1}\nb: {<<: *x}\n", "b.c", .shared, "'b.c' comes from a merge: it stands at 1:8"),
        ("a: &x {c: 1}\nb: {<<: *x}\n", "a.c", .shared, "'a.c' is used in other places too, through an alias at 2:4"),
        ("a: 1\n", "a..b", .malformedPath, "the path 'a..b' cannot be read: a key is missing"),
        ("a: 1\n", "a[x]", .malformedPath, "the path 'a[x]' cannot be read: brackets want a number"),
        ("a: 1\n", "", .malformedPath, "the path '' cannot be read: it is empty"),
        ("a: 1\n", "a[\"b", .malformedPath, "the path 'a[\"b' cannot be read: a ']' is missing"),
        (
            "a: !!str 1\n", "a", .unwritable,
            "the new value of 'a' cannot be written there so that it reads back the same"
        ),
    ])
    func `What cannot be changed is told`(_ text: String, _ path: String, _ kind: YAMLEditError.Kind, _ message: String)
        throws
    {
        let error = try #require(throws: YAMLEditError.self) { try edit(text, path, .integer(7)) }
        #expect(error.kind == kind)
        #expect(error.message == message)
    }

    @Test(arguments: ["a.b[0].c", "[3]", "[\"a.b\"].c", "a[\"q\\\"[\"]"])
    func `A path prints as it reads`(_ text: String) throws {
        #expect(try YAMLPath(text).description == text)
        #expect(try YAMLPath(YAMLPath(text).description) == YAMLPath(text))
    }

    @Test func `A value of an anchor that nothing uses can be changed, and the anchor stays`() throws {
        #expect(try edit("a: &x !!int 1 # c\n", "a", .integer(20)) == "a: &x !!int 20 # c\n")
    }

    @Test(arguments: 0..<30)
    func `Any scalar of a random file takes any value, and all other bytes stay`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 100)
        for _ in 0..<20 {
            let text = RandomDocument.make(&random)
            let (document, problems) = read(text)
            let tree = try #require(document, "\(text)\n\(problems.lines)")
            for path in scalarPaths(tree.root, []) {
                let value = RandomDocument.value(&random)
                do {
                    let edited = try tree.setting(YAMLPath(path), to: value)
                    checkBytes(text, edited, tree.root, path)
                } catch {
                    #expect(error.kind == .unwritable && hasTag(tree.root, path), "\(error.message) \(value)\n\(text)")
                }
            }
        }
    }

    private func checkBytes(_ text: String, _ edited: String, _ root: YAMLNode, _ path: [YAMLPath.Step]) {
        let range = follow(root, path).range
        let (old, new) = (Array(text.utf8), Array(edited.utf8))
        #expect(new.starts(with: old[..<range.lowerBound]))
        #expect(new.suffix(old.count - range.upperBound) == old.suffix(old.count - range.upperBound))
    }

    private func follow(_ root: YAMLNode, _ path: [YAMLPath.Step]) -> YAMLNode {
        path.reduce(root) { node, step in
            switch step {
            case .key(let key): node.mapping?[key] ?? node
            case .index(let index): node.sequence?[index] ?? node
            }
        }
    }

    private func hasTag(_ root: YAMLNode, _ path: [YAMLPath.Step]) -> Bool { follow(root, path).tag != nil }

    private func scalarPaths(_ node: YAMLNode, _ path: [YAMLPath.Step]) -> [[YAMLPath.Step]] {
        switch node.content {
        case .scalar: path.isEmpty ? [] : [path]
        case .sequence(let nodes): nodes.enumerated().flatMap { scalarPaths($1, path + [.index($0)]) }
        case .mapping(let mapping): mapping.entries.flatMap { scalarPaths($0.value, path + [.key($0.key)]) }
        }
    }
}

extension String {
    fileprivate func lines(_ end: String) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).joined(separator: end)
    }
}

/// Files of all styles, with comments and odd blanks.
enum RandomDocument {
    static func make(_ random: inout SeededGenerator) -> String {
        let end = Bool.random(using: &random) ? "\n" : "\r\n"
        var text = Bool.random(using: &random) ? "# head\n" : ""
        for number in 0..<Int.random(in: 1...5, using: &random) {
            text += "k\(number):" + block(&random, indentation: 0)
        }
        if Bool.random(using: &random), text.last == "\n" { text.removeLast() }
        return text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: end)
    }

    private static func block(_ random: inout SeededGenerator, indentation: Int) -> String {
        let inner = indentation + Int.random(in: 1...4, using: &random)
        let pad = String(repeating: " ", count: inner)
        let comment = ["", " # note", "   "].randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where inner < 12:
            return comment + "\n" + pad + "x:" + block(&random, indentation: inner) + pad + "\"y z\" :"
                + block(&random, indentation: inner)
        case 1 where inner < 12:
            return comment + "\n" + pad + "-" + block(&random, indentation: inner) + pad + "-"
                + block(&random, indentation: inner)
        case 2:
            return " |" + (["", "-", "+"].randomElement(using: &random) ?? "") + "\n\(pad)é\n\n\(pad)  b\n"
                + (Bool.random(using: &random) ? "\n" : "")
        case 3: return " >" + comment + "\n\(pad)one\n\(pad)two\n"
        case 4: return " [ 1,'it''s' , \"\\u00e9\\n\", {p: q, r: }, !!str 5 ]" + comment + "\n"
        case 5: return "  plain text\n\(pad) goes on" + comment + "\n"
        case 6: return comment + "\n"
        default: return " \(Int.random(in: 0..<1000, using: &random))" + comment + "\n"
        }
    }

    static func value(_ random: inout SeededGenerator) -> YAMLValue {
        let parts = [
            "a", "yes", " ", "\n", "#", ": ", "-", "'", "\"", "é", "\u{85}", "{", ",", "1", "\t", "\u{1F600}", "\\",
            "\u{0}", "|",
        ]
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .integer(Int.random(in: .min ... .max, using: &random))
        case 1: return .float(Double(bitPattern: random.next()))
        case 2: return .boolean(Bool.random(using: &random))
        case 3: return .null
        default:
            let count = Int.random(in: 0..<6, using: &random)
            return .string((0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined())
        }
    }
}
