import Foundation
import Testing

@testable import Templates

/// Prometheus's own tool, where it is installed, is asked what random templates expand to.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")))
struct PromtoolComparisonTests {
    @Test(arguments: 0..<2)
    func `Random templates expand as in promtool`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 11)
        var templates: [String] = []
        var refused: [String] = []
        while templates.count < 400 {
            let text = RandomTemplate.make(&random)
            if (try? RuleTemplate(text, name: "__alert_A")) != nil {
                templates.append(text)
            } else {
                refused.append(text)
            }
        }
        let answers = try #require(try ask(templates))
        for (index, template) in templates.enumerated() {
            let ours = try expand(template)
            let theirs = try #require(answers[index])
            if ours.error != nil {
                // The place of an error is given more exactly than Go does.
                #expect(theirs.hasPrefix("<error expanding template: "), "\(template)\n\(ours.text)")
            } else if !mayDiffer(ours.text, theirs) {
                #expect(ours.text == theirs, "\(template)")
            }
        }
        for template in refused.prefix(10) {
            #expect(try ask([template]) == nil, "\(template)")
        }
    }

    /// Go prints addresses of pointers within lists; and promtool 2.42 cannot count to a number yet.
    private func mayDiffer(_ ours: String, _ theirs: String) -> Bool {
        let pointers = ["&{", "&amp;{", "&amp;amp;{", "\\u0026{", "%26%7B"]
        return pointers.contains { ours.uppercased().contains($0.uppercased()) }
            || theirs.wholeMatch(of: /<error.*range can't iterate over -?[0-9]+>/) != nil
    }

    @Test func `The table of cases is what promtool says`() throws {
        let answers = try #require(try ask(RuleTemplateCases.expansions.map(\.template)))
        for (index, (template, expected)) in RuleTemplateCases.expansions.enumerated() {
            // Newer versions hold histograms too, so the value has no fixed type.
            let theirs = answers[index]?.replacingOccurrences(of: "Value float64 }", with: "Value interface {} }")
            #expect(theirs == expected, "\(template)")
        }
    }

    /// What promtool expands annotations to, by their place; nil if it refuses one.
    private func ask(_ templates: [String]) throws -> [Int: String]? {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let annotations = templates.enumerated().map { "a\($0)" + ": " + json($1) }.joined(separator: ",\n")
        let rules = "groups: [{name: g, rules: [{alert: A, expr: m, annotations: {\n\(annotations)\n}}]}]"
        let tests = """
            rule_files: [rules.yml]
            evaluation_interval: 1m
            tests:
            - interval: 1m
              input_series: [{series: 'm{job="j",instance="i.example.com:80"}', values: '1234567.5 1234567.5'}]
              external_labels: {region: eu}
              external_url: http://host:9090/path/prefix
              alert_rule_test: [{eval_time: 1m, alertname: A, exp_alerts: []}]
            """
        try rules.write(to: folder.appendingPathComponent("rules.yml"), atomically: true, encoding: .utf8)
        try tests.write(to: folder.appendingPathComponent("tests.yml"), atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/promtool")
        process.arguments = ["test", "rules", "tests.yml"]
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return parse(output)
    }

    /// `Annotations:{a0="...", a1="..."}`, the values quoted as in Go.
    private func parse(_ output: String) -> [Int: String]? {
        guard let start = output.range(of: "Annotations:{") else { return nil }
        var answers: [Int: String] = [:]
        var rest = output[start.upperBound...]
        while let first = rest.first, first != "}" {
            let key = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(key.count + 1)
            var value = String(rest.removeFirst())
            while let character = rest.first {
                value.append(rest.removeFirst())
                if character == "\"" { break }
                if character == "\\" { value.append(rest.removeFirst()) }
            }
            answers[Int(key.drop { !$0.isNumber }) ?? -1] = StringLiteral.string(value)
            rest = rest.drop { $0 == "," || $0 == " " }
        }
        return answers
    }

    private func json(_ text: String) -> String {
        var writer = JSONWriter(limit: 1 << 20)
        return (try? writer.write(.string(text))) == nil ? "\"\"" : writer.text
    }
}

/// Templates of known pieces put together at random: most are sound, many fail while carried out.
enum RandomTemplate {
    static func make(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in node(&random, depth: 0) }.joined()
    }

    private static func pick(_ options: [String], _ random: inout SeededGenerator) -> String {
        options.randomElement(using: &random) ?? ""
    }

    private static func node(_ random: inout SeededGenerator, depth: Int) -> String {
        let (open, close) =
            Bool.random(using: &random)
            ? ("{{ ", " }}") : (pick(["{{- ", "{{"], &random), pick([" -}}", "}}"], &random))
        let inner = { (random: inout SeededGenerator) in
            depth < 2 ? node(&random, depth: depth + 1) : pick(["x", " y "], &random)
        }
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return pick([" text ", "é\n", "a{b}c", "  "], &random)
        case 1: return "\(open)if \(pipeline(&random))\(close)\(inner(&random)){{ else }}\(inner(&random)){{ end }}"
        case 2: return "\(open)range \(pipeline(&random))\(close)\(inner(&random)){{ else }}-{{ end }}"
        case 3: return "\(open)with \(pipeline(&random))\(close)\(inner(&random)){{ end }}"
        case 4: return "\(open)$x := \(pipeline(&random))\(close){{ $x }}"
        case 5: return "\(open)range $k, $v := \(pipeline(&random))\(close){{ $k }}:{{ $v }};{{ end }}"
        default: return "\(open)\(pipeline(&random))\(close)"
        }
    }

    private static func pipeline(_ random: inout SeededGenerator) -> String {
        var text = command(&random)
        while Int.random(in: 0..<4, using: &random) == 0 {
            let functions = [
                "humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "len", "toUpper", "title",
                "printf \"%v|%5.2f\" 3",
                "printf \"%q\"", "printf \"%-8v|\"", "html", "js", "urlquery", "not", "print", "eq 3", "stripPort",
                "humanizeTimestamp",
            ]
            text += " | " + pick(functions, &random)
        }
        return text
    }

    private static func command(_ random: inout SeededGenerator) -> String {
        let calls = [
            "eq", "ne", "lt", "le", "gt", "ge", "and", "or", "print", "println", "index", "slice", "printf \"%d %s\"",
            "printf \"%08.3f|%+d\"",
            "printf \"%x %t\"", "printf \"%[2]*[1]d\"", "args", "match", "printf \"%6.3v|%-6v\"",
        ]
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return operand(&random)
        case 1: return "\(pick(calls, &random)) \(operand(&random)) \(operand(&random))"
        default:
            return
                "\(pick(["len", "not", "html", "printf", "toLower", "humanize", "parseDuration"], &random)) \(operand(&random))"
        }
    }

    private static func operand(_ random: inout SeededGenerator) -> String {
        let simple = [
            "1", "0", "-2.5", "1e6", "1e-7", "0.3", "123456789", "'x'", "\"\"", "\"abc\"", "\"1h\"", "\"é\\n<\"",
            "true", "false", "nil",
            "$labels", "$labels.job", "$labels.nope", "$value", ".Labels.instance", ".Value", ".Nope", ".",
            "$externalLabels.region",
            "(query \"m\")", "(first (query \"m\"))", "(query \"nothing\")", "(args 1 \"b\")", "(args 1).arg0",
            "$.Value", "`r\\w`",
        ]
        if Int.random(in: 0..<6, using: &random) == 0 { return "(\(command(&random)))" }
        return pick(simple, &random)
    }
}

/// A generator with a seed, so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
