import Diagnostics
import Metrics
import PromQL
import Proving
import Testing

@Suite struct ScriptLanguageTests {
    private func script(_ text: String) -> PromQLScript {
        PromQLScript(SourceText(name: "a.test", text: text))
    }

    /// The values of the only series of the only load.
    private func values(_ items: String) throws -> [PromQLScript.Item] {
        let script = script("load 1m\n  x \(items)")
        try #require(script.diagnostics.isEmpty, "\(script.diagnostics.map(\.message))")
        guard case .load(let load) = script.commands.first else { return [] }
        return load.series.first?.items ?? []
    }

    static let sequences: [(String, [Double?])] = [
        ("", []), ("1", [1]), ("-1.5 +2 1e3 1E-1 .5 5.", [-1.5, 2, 1000, 0.1, 0.5, 5]), ("_ 1 _", [nil, 1, nil]),
        ("_x3 1", [nil, nil, nil, 1]), ("_x0", []), ("1x3", [1, 1, 1, 1]), ("1x0", [1]), ("0+10x3", [0, 10, 20, 30]),
        ("10-2x2", [10, 8, 6]), ("-4-1x3", [-4, -5, -6, -7]), ("-4+1x2", [-4, -3, -2]), ("1e1+1e1x1", [10, 20]),
        ("0x10", Array(repeating: 0, count: 11)), ("Inf -Inf +Inf inf", [.infinity, -.infinity, .infinity, .infinity]),
        ("Infx1 1+0x2", [.infinity, .infinity, 1, 1, 1]), ("1\t2  3", [1, 2, 3]),
    ]

    @Test(arguments: sequences)
    func `A sequence stands for its values`(text: String, values: [Double?]) throws {
        let items = try self.values(text)
        #expect(items == values.map { $0.map(PromQLScript.Item.float) ?? .absent })
    }

    @Test func `Steps are added one after the other`() throws {
        let items = try values("0+0.1x10")
        var sum = 0.0
        for item in items {
            #expect(item == .float(sum))
            sum += 0.1
        }
    }

    @Test func `A staleness marker and a NaN keep their bits`() throws {
        let bits = try values("stale NaN").compactMap { item -> UInt64? in
            if case .float(let value) = item { return value.bitPattern }
            return nil
        }
        #expect(bits == [MarkerNaN.staleBits, MarkerNaN.plainBits])
    }

    @Test func `Native histograms are checked and remembered as text`() throws {
        let text =
            "{{schema:0 sum:5 count:4 z_bucket:1 z_bucket_w:0.001 buckets:[1 2 1] offset:-1 n_buckets:[] "
            + "n_offset:2 custom_values:[1 2.5 Inf] counter_reset_hint:gauge}}"
        #expect(try values(text) == [.histogram(text)])
        #expect(try values("{{}}x2").count == 3)
        #expect(try values("{{sum:1}}+{{sum:2}}x3 1").count == 5)
        #expect(try values("{{sum:1}}-{{sum:2}}x1").count == 2)
        #expect(try values("{{ sum:1   count:2 }}") == [.histogram("{{ sum:1   count:2 }}")])
    }

    static let names: [(String, Labels)] = [
        ("up", ["__name__": "up"]), ("a:b_c", ["__name__": "a:b_c"]), ("{job=\"x\"}", ["job": "x"]),
        ("up{job=\"a b\",x='}'}", ["__name__": "up", "job": "a b", "x": "}"]),
        ("{\"quoted.name\", env=`p\"q`}", ["__name__": "quoted.name", "env": "p\"q"]),
        ("{\"a b\"=\"c\\\"d\", __name__=\"n\"}", ["__name__": "n", "a b": "c\"d"]),
        ("up{a=\"\",b=\"c\",}", ["__name__": "up", "b": "c"]),
        ("sum", ["__name__": "sum"]),
    ]

    @Test(arguments: names)
    func `A series is named as in PromQL`(text: String, labels: Labels) {
        let script = script("load 1m\n  \(text) 1 2")
        #expect(script.diagnostics.map(\.message) == [])
        guard case .load(let load) = script.commands.first else {
            Issue.record("no load")
            return
        }
        #expect(load.series.map(\.labels) == [labels])
        #expect(load.series.first?.items == [.float(1), .float(2)])
    }

    @Test func `A later line of a series replaces the earlier one within a load`() {
        let script = script("load 1m\n  a 1\n  b 2\n  a 3 4")
        guard case .load(let load) = script.commands.first else { return }
        #expect(load.series.map(\.labels.metricName) == ["a", "b"])
        #expect(load.series.first?.items == [.float(3), .float(4)])
    }

    @Test func `Blocks end at empty lines, comments and the end of the file`() {
        let script = script(
            "load 1m\r\n  a 1\r\n# comment\r\nclear\r\nLOAD 5m\n\teval 1\n\n  eval instant at 5m a # of the query\n  {} 1"
        )
        #expect(script.diagnostics.map(\.message) == [])
        #expect(script.commands.count == 4)
        guard case .evaluate(let evaluation) = script.commands.last else { return }
        #expect(evaluation.query == "a # of the query")
    }

    @Test func `Every kind of expectation is understood`() throws {
        let script = script(
            """
            eval instant at 1h30m vector(1)
              expect warn
              expect warn msg: a  b
              expect warn regex: x.y
              expect no_info
              expect ordered
              {a="b"} 1

            eval range from 0 to 10m step 100ms up
              expect fail regex: .*
              expect no_warn
              expect info msg:text

            eval instant at 0 up[1m]
              expect range vector from 10s to 1m step 10s
              up 1 _ 3x3

            eval instant at 0 "x"
              expect string "a\\"b"

            eval instant at 0 1
              0x10
            eval_fail instant at 0 up
              expected_fail_message some words
            eval_ordered instant at 0 up
            """
        )
        try #require(script.diagnostics.map(\.message) == [])
        let evaluations = script.commands.compactMap { if case .evaluate(let one) = $0 { one } else { nil } }
        #expect(evaluations.count == 7)
        #expect(evaluations[0].span == .instant(Timestamp(milliseconds: 5_400_000)))
        #expect(evaluations[0].warnings.required.count == 3)
        #expect(evaluations[0].infos.isForbidden)
        #expect(evaluations[0].isOrdered)
        #expect(evaluations[1].span.description == "from 0s to 10m step 100ms")
        #expect(evaluations[1].failure != nil)
        #expect(evaluations[1].infos.required.count == 1)
        #expect(evaluations[2].span.description == "over from 10s to 1m step 10s")
        guard case .string(let text) = evaluations[3].result else { throw Unexpected() }
        #expect(text == "a\"b")
        guard case .scalar(let number) = evaluations[4].result else { throw Unexpected() }
        #expect(number == 16)
        guard case .exactly(let message) = evaluations[5].failure else { throw Unexpected() }
        #expect(message == "some words")
        #expect(evaluations[6].isOrdered)
    }

    private struct Unexpected: Error {}

    static let mistakes: [(String, String)] = [
        ("lod 5m", #"1:1 unknown command "lod", expected clear, load, load_with_nhcb or eval"#),
        ("clear all", "1:7 nothing may follow clear"),
        ("load", "1:5 the interval of load is missing"),
        ("load 5x", #"1:6 the interval of load: unknown unit "x" in duration "5x""#),
        ("load 0", "1:1 the interval of load must be longer than zero"),
        ("load 5m up", "1:9 nothing may follow the interval on the line of load"),
        ("load 5m\n  up{a=b} 1", #"2:8 unexpected identifier "b" in label set, expected string"#),
        ("load 5m\n  {} 1", "2:3 a series to load needs a name or a label"),
        ("load 5m\n  up 1 2y 3", #"2:8 malformed value "2y""#),
        ("load 5m\n  é 1 2", #"2:3 unexpected character: 'é'"#),
        ("load 5m\n  up 1x", "2:7 a count is missing after x"),
        ("load 5m\n  up 1+2", #"2:6 malformed value "1+2""#),
        ("load 5m\n  up 1+-2x3", #"2:6 malformed value "1+-2x3""#),
        ("load 5m\n  up stalex3", #"2:6 malformed value "stalex3""#),
        ("load 5m\n  up 1x99999999999999999999", "2:7 a line may stand for 1000000 values at most"),
        ("load 5m\n  up 1x999999 1", "2:15 a line may stand for 1000000 values at most"),
        ("load 5m\n  up 1_2", #"2:6 malformed value "1_2""#),
        ("load 5m\n  up {{schema:1", "2:6 the native histogram is not closed by }}"),
        ("load 5m\n  up {{shema:1}}", #"2:8 unknown key "shema" in a native histogram"#),
        ("load 5m\n  up {{sum:x}}", #"2:12 sum needs a number, not "x""#),
        ("load 5m\n  up {{buckets:1}}", "2:16 buckets needs a list in square brackets"),
        ("load 5m\n  up {{buckets:[1 2}}", #"2:20 buckets needs a number, not """#),
        (
            "load 5m\n  up {{counter_reset_hint:maybe}}",
            "2:27 counter_reset_hint is one of unknown, reset, not_reset, gauge"
        ),
        ("load 5m\n  up {{sum:1}}+1x2", "2:16 a native histogram begins with {{"),
        ("load 5m\n  up@st 1m 1m\n  up 1", "2:3 2 start timestamps for 1 values"),
        (
            "load 5m\n  up@st 1m\n  down 1",
            "2:3 the line of start timestamps is about another series than the next line"
        ),
        ("load 5m\n  up@st 1m", "2:3 the line of start timestamps has no line of samples after it"),
        ("load 5m\n  up@st soon\n  up 1", #"2:9 malformed start timestamp "soon""#),
        ("eval", #"1:5 expected instant or range after eval, found """#),
        ("eval sometimes at 5m up", #"1:6 expected instant or range after eval, found "sometimes""#),
        ("eval instant 5m up", #"1:14 expected at, found "5m""#),
        ("eval instant at up", #"1:17 the evaluation time: not a valid duration string: "up""#),
        ("eval instant at 5m", "1:1 the query is missing"),
        ("eval range from 5m to 0 step 1m up", "1:23 the range ends at 0, before it starts at 5m"),
        ("eval range from 0 to 5m step 0 up", "1:30 the step must be longer than zero"),
        ("eval range from 0 to 5m up", #"1:25 expected step, found "up""#),
        ("eval instant at 0 up\n  expect", #"2:9 unknown expectation """#),
        ("eval instant at 0 up\n  expect mutiny", #"2:10 unknown expectation "mutiny""#),
        ("eval instant at 0 up\n  expect warn txt: a", "2:15 expected msg: TEXT or regex: EXPRESSION"),
        ("eval instant at 0 up\n  expect warn msg:", "2:15 nothing stands after msg:"),
        ("eval instant at 0 up\n  expect warn regex: (", "2:22 malformed regular expression: missing ): ("),
        (
            "eval instant at 0 up\n  expect warn\n  expect no_warn",
            "3:10 annotations of one kind cannot be both expected and forbidden"
        ),
        ("eval instant at 0 up\n  expect fail\n  expect fail", "3:10 expect fail stands twice"),
        ("eval instant at 0 up\n  expect no_info msg: x", #"2:18 unexpected "msg: x""#),
        ("eval instant at 0 up\n  expect string x", "2:17 expected a quoted string"),
        ("eval instant at 0 up\n  up 1 2", "2:3 an instant query gives one value a series, not 2"),
        ("eval instant at 0 up\n  up", "2:3 an instant query gives one value a series, not 0"),
        ("eval instant at 0 up\n  up 1\n  3", "3:3 a scalar cannot stand beside series"),
        ("eval instant at 0 up\n  expect string \"a\"\n  up 1", "3:3 series cannot stand beside an expected string"),
        ("eval range from 0 to 5m step 1m up\n  3", "2:3 a range query never yields a scalar"),
        ("eval range from 0 to 5m step 1m up\n  expect ordered", "2:10 only an instant query can be expected ordered"),
        (
            "eval range from 0 to 5m step 1m up\n  expect range vector from 0 to 5m step 1m",
            "2:3 only an instant query can yield a range vector"
        ),
    ]

    @Test(arguments: mistakes)
    func `A mistake is told where it is`(text: String, message: String) {
        let script = script(text)
        let told = script.diagnostics.map { diagnostic in
            let place = diagnostic.source.place(of: diagnostic.range.lowerBound)
            return "\(place.line):\(place.column) \(diagnostic.message)"
        }
        #expect(told == [message])
        #expect(script.hasErrors)
    }

    @Test func `All mistakes of a file are told in their order`() {
        let script = script("load 5m\n  a 1 z\n  b{ 2\n  c 3\n\neval instant at x up\n  a b c\n\nclear now")
        #expect(script.diagnostics.map { $0.source.place(of: $0.range.lowerBound).line } == [2, 3, 6, 9])
    }

    @Test func `A series expected twice is a warning, and the later line counts`() {
        let script = script("eval instant at 0 up\n  up 1\n  up 2")
        #expect(script.diagnostics.map(\.severity) == [.warning])
        #expect(!script.hasErrors)
        guard case .evaluate(let evaluation) = script.commands.first, case .series(let lines) = evaluation.result else {
            return
        }
        #expect(lines.map(\.items) == [[.float(2)]])
    }

    @Test func `Start timestamps of every form are tolerated`() {
        let script = script(
            "load 1m\n  @st -1m\n  a{b=\"c\"}@st _ _x2 -1m 30sx1 -5m+1mx1 *x1\n  a{b=\"c\"} 1x9\n"
        )
        #expect(script.diagnostics.map(\.message) == [])
    }

    @Test func `Any cut of a script is read without a trap`() {
        let text = """
            load_with_nhcb 5m
              a{b="c\\"d", 'e'="f"}@st _x2 -1m+1mx3
              a{b="c"} 1 _x3 stale 1+2x3 {{schema:0 buckets:[1 2]}}-{{sum:1}}x3

            eval range from 0 to 5m step 1m sum(a)
              expect warn regex: a.*
              {} 1 _ 2

            """
        let bytes = Array(text.utf8)
        for end in bytes.indices {
            _ = script(String(decoding: bytes[..<end], as: UTF8.self))
            _ = script(String(decoding: bytes[end...], as: UTF8.self))
        }
    }
}
