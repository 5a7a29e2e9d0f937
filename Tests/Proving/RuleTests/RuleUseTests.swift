import Diagnostics
import Metrics
import RegularExpressions
import Testing
import YAML

@testable import Proving

/// What a run says about the rules, and which tests it takes.
@Suite struct RuleUseTests {
    private static let files = [
        "rules.yml": """
        groups:
          - name: g
            rules:
              - {alert: Fires, expr: a > 1}
              - {alert: NeverTrue, expr: a > 1e9}
              - {alert: NobodyAsks, expr: a > 1e9}
              - {alert: OnlyQuiet, expr: a > 1}
        """,
        "test.yml": """
        rule_files: [rules.yml]
        tests:
          - name: one
            input_series: [{series: a, values: '1 2'}]
            alert_rule_test:
              - {eval_time: 1m, alertname: Fires, exp_alerts: [{}]}
              - {eval_time: 1m, alertname: NeverTrue}
              - {eval_time: 0m, alertname: OnlyQuiet}
          - name: two
            alert_rule_test: [{eval_time: 1m, alertname: Fires, exp_alerts: [{}]}]
        """,
    ]

    @Test func `A rule that never fires in the tests that ask for it is told`() {
        var runner = RuleTestRunner(library: TableLibrary(files: Self.files))
        runner.run("test.yml")
        let uses = runner.report.alertingRules
        #expect(uses.map(\.name) == ["Fires", "NeverTrue", "NobodyAsks", "OnlyQuiet"])
        #expect(uses.map(\.isVacuous) == [false, true, false, false])
        #expect(uses.map(\.isUntested) == [false, false, true, false])
        #expect(uses[0].firedIn.map(\.title) == ["one"])
        #expect(uses[0].expectedIn.map(\.title) == ["one", "two"])
        #expect(uses[3].expectedIn.isEmpty)
        #expect(uses[1].place.line == 5)
    }

    @Test func `Only the tests whose names match are run`() throws {
        let options = RuleTestRunner.Options(selection: try Pattern("^o", anchored: false))
        var runner = RuleTestRunner(library: TableLibrary(files: Self.files), options: options)
        let report = runner.run("test.yml")
        #expect(report.verdicts.map(\.title) == ["one"])
        #expect(report.isSuccess)
        #expect(runner.report.alertingRules[0].expectedIn.map(\.title) == ["one"])
    }

    @Test func `Broken rule files are told always and fail the tests that need them`() throws {
        var files = Self.files
        files["rules.yml"] = "groups: [{name: g, rules: [{alert: A, expr: 'sum('}]}]"
        var runner = RuleTestRunner(library: TableLibrary(files: files))
        let report = runner.run("test.yml")
        #expect(report.diagnostics.map(\.code) == ["promql/parse"])
        #expect(report.verdicts.map(\.isSuccess) == [false, false])
        let none = RuleTestRunner.Options(selection: try Pattern("none", anchored: false))
        var other = RuleTestRunner(library: TableLibrary(files: files), options: none)
        let quiet = other.run("test.yml")
        #expect(quiet.diagnostics.count == 1)
        #expect(quiet.isSuccess)
    }

    @Test func `Unknown keys are refused with what was meant, or passed over when that is wished`() {
        let text = """
            rule_files: [r.yml]
            tests:
              - promql_expr_test: [{expr: vector(1), eval_time: 1m, exp_sample: [{value: 1}]}]
                inptu_series: []
            """
        let rules = ["r.yml": "groups: [{name: g, owner: me, rules: []}]"]
        let strict = run(text, rules: rules)
        #expect(strict.obstacle == .malformed)
        #expect(strict.diagnostics.map(\.help) == ["did you mean 'exp_samples'?", "did you mean 'input_series'?"])
        let lax = run(text, rules: rules, options: .init(ignoresUnknownFields: true))
        #expect(lax.obstacle == nil)
        #expect(lax.diagnostics.isEmpty)
    }

    @Test func `A file that cannot be read is told and does not stop the others`() {
        var runner = RuleTestRunner(library: TableLibrary(files: ["good.yml": ""]))
        runner.run("missing.yml")
        runner.run("good.yml")
        #expect(runner.report.files.map(\.isSuccess) == [false, true])
        #expect(runner.report.files[0].obstacle == .unreadable(reason: "no such file"))
        #expect(!runner.report.isSuccess)
    }

    @Test func `A pattern without a file is a warning, a pattern that is none an error`() {
        let report = run("rule_files: ['*.rules']\ntests: [{}]")
        #expect(report.unmatchedPatterns == ["*.rules"])
        #expect(report.isSuccess)
        #expect(run("rule_files: ['[a']").obstacle == .malformed)
    }

    @Test func `A test that would run for ever is refused`() {
        let report = run("evaluation_interval: 1ms\ntests: [{promql_expr_test: [{expr: '1', eval_time: 100y}]}]")
        #expect(report.lines.first?.hasPrefix("more than 6400000 evaluations") == true)
    }

    @Test(arguments: [
        ("a/*.yml", ["a/one.yml", "a/two.yml"]), ("a/t?o.yml", ["a/two.yml"]), ("./a//one.yml", ["a/one.yml"]),
        ("a/../b.yml", ["b.yml"]), ("a/[^o]*.yml", ["a/two.yml"]), ("a/[a-p]ne.yml", ["a/one.yml"]), ("c.yml", []),
        ("*o*", []), ("b.*", ["b.yml"]), ("", []), ("a/o\\ne.yml", ["a/one.yml"]), ("a/*n*.y*l", ["a/one.yml"]),
    ])
    func `Patterns fit paths as Go's do`(pattern: String, paths: [String]) throws {
        let library = TableLibrary(files: ["a/one.yml": "", "a/two.yml": "", "b.yml": ""])
        #expect(try PathPattern(pattern).paths(list: library.names(in:), exists: library.exists) == paths)
    }
}

@Suite struct JUnitTests {
    @Test func `Verdicts are told to build servers as promtool tells them`() {
        var runner = RuleTestRunner(
            library: TableLibrary(files: [
                "a<b>.yml": """
                tests:
                  - {name: good & well, promql_expr_test: [{expr: '1', eval_time: 0, exp_samples: [{value: 1}]}]}
                  - {promql_expr_test: [{expr: '"1"', eval_time: 0}, {expr: '2', eval_time: 0, exp_samples: [{value: 3}]}]}
                """,
                "broken.yml": "tests: {}",
            ])
        )
        for path in ["a<b>.yml", "broken.yml", "missing.yml"] { runner.run(path) }
        let head = #"errors="0" skipped="0" timestamp="1970-01-01T00:00:01">"#
        let aborted = #"tests="1" failures="0" errors="1" skipped="0" timestamp="1970-01-01T00:00:01">"#
        #expect(
            runner.report.junitXML(at: Timestamp(milliseconds: 1_500))
                == #"<testsuites><testsuite name="a&lt;b&gt;.yml" tests="2" failures="2" \#(head)"#
                + #"<testcase name="good &amp; well"></testcase><testcase name="unnamed#1">"#
                + "<failure>&#34;1&#34; at 0s: the expression yields neither a vector nor a scalar</failure>"
                + "<failure>2 at 0s&#10;  - {} 3&#10;  + {} 2</failure></testcase></testsuite>"
                + #"<testsuite name="broken.yml" \#(aborted)<testcase name="unknown"><error>"#
                + "broken.yml:1:8: expected a list, each a test, found a mapping</error></testcase></testsuite>"
                + #"<testsuite name="missing.yml" \#(aborted)<testcase name="unknown">"#
                + "<error>no such file</error></testcase></testsuite></testsuites>\n"
        )
    }
}

@Suite struct HostileRuleTests {
    /// Where a file cannot be used there is a reason, whatever was done to it.
    @Test(arguments: ["life_test.yml", "expression_test.yml", "templates_test.yml"])
    func `A file that is cut or garbled is read without a trap`(name: String) throws {
        let bytes = Array(try DiskLibrary().read(Fixtures.folder + "/" + name).utf8)
        var random = Lehmer(state: 42)
        for _ in 0..<40 {
            var garbled = Array(bytes[..<random.next(below: bytes.count + 1)])
            for _ in 0..<random.next(below: 4) where !garbled.isEmpty {
                garbled[random.next(below: garbled.count)] = UInt8(0x20 + random.next(below: 0x5f))
            }
            let problems = Problems(in: SourceText(text: String(decoding: garbled, as: UTF8.self)))
            let file = RuleTestFile(problems.source, problems: problems)
            #expect((file == nil) == problems.hasErrors)
        }
    }

    /// Random enough, and the same in every run.
    private struct Lehmer {
        var state: UInt64

        mutating func next(below bound: Int) -> Int {
            state = state * 48_271 % 0x7fff_ffff
            return Int(state % UInt64(bound))
        }
    }

    @Test func `Times beyond all bounds are refused or held`() {
        let report = run(
            """
            evaluation_interval: 100y
            tests:
              - interval: 290y
                start_timestamp: 253402300799
                input_series: [{series: a, values: '1x999'}]
                promql_expr_test: [{expr: 'rate(a[290y] offset -290y)', eval_time: 290y}]
            """
        )
        #expect(report.obstacle == nil)
    }
}
