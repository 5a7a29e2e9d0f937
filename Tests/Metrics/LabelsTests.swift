import Metrics
import Testing

@Suite struct LabelsTests {
    @Test func `Labels are sorted by the bytes of their names`() {
        let labels: Labels = ["b": "1", "a": "2", "B": "3", "ä": "4", "__name__": "up"]
        #expect(labels.map(\.name) == ["B", "__name__", "a", "b", "ä"])
        #expect(labels.metricName == "up" && labels["a"] == "2" && labels["c"] == nil)
    }

    @Test func `An empty value is no label, and of a repeated name the last counts`() {
        #expect(Labels([Label("a", ""), Label("b", "1"), Label("b", "2")]) == ["b": "2"])
        #expect(Labels([Label("a", "")]).isEmpty)
    }

    @Test func `Names that look alike and differ in bytes are two names`() {
        let (composed, decomposed) = ("\u{e9}", "e\u{301}")
        let labels = Labels([Label(composed, "1"), Label(decomposed, "2")])
        #expect(labels.array.count == 2 && labels[composed] == "1" && labels[decomposed] == "2")
        #expect(Labels([Label("a", composed)]) != Labels([Label("a", decomposed)]))
    }

    @Test func `Long names and values are kept whole`() {
        let long = String(repeating: "x", count: 40_000)
        let labels = Labels([Label("a" + long, long), Label("b", "1")])
        #expect(labels["a" + long] == long && labels["b"] == "1")
    }

    @Test(
        arguments: [
            (["a": "1"], ["b": "1"], true), (["a": "1"], ["a": "2"], true), (["a": "1"], ["a": "1", "b": "1"], true),
            (["a": "1"], ["a": "1"], false), (["b": "1"], ["a": "2"], false), ([:], ["a": "1"], true),
            (["a": "1", "b": "1"], ["a": "1"], false),
        ] as [(Labels, Labels, Bool)]
    )
    func `Sets are ordered by the first label that differs`(left: Labels, right: Labels, isBefore: Bool) {
        #expect((left < right) == isBefore)
    }

    @Test(
        arguments: [
            (Labels(name: "up", [Label("job", "a\"b")]), #"up{job="a\"b"}"#, #"{__name__="up", job="a\"b"}"#),
            (Labels(name: "a.b", [Label("c d", "e")]), #"{"a.b", "c d"="e"}"#, #"{__name__="a.b", "c d"="e"}"#),
            (Labels(), "{}", "{}"), (Labels(name: "up"), "up", #"{__name__="up"}"#),
            (["a": "b"], #"{a="b"}"#, #"{a="b"}"#),
            (Labels(name: "a:b"), "a:b", #"{__name__="a:b"}"#), (["a:b": "c"], #"{"a:b"="c"}"#, #"{"a:b"="c"}"#),
        ] as [(Labels, String, String)]
    )
    func `A set is written as PromQL writes it`(labels: Labels, metric: String, plain: String) {
        #expect(labels.description == metric)
        #expect(labels.plainDescription == plain)
    }

    @Test(arguments: [
        ("a\tb\r\n", #""a\tb\r\n""#), ("\u{07}\u{08}\u{0b}\u{0c}\u{01}\u{7f}", #""\a\b\v\f\x01\x7f""#),
        ("ä😀", "\"ä😀\""), ("\u{a0}\u{200b}\u{ad}", #""\u00a0\u200b\u00ad""#),
        ("\u{e000}\u{10ffff}", #""\ue000\U0010ffff""#),
        ("\\\"", #""\\\"""#),
    ])
    func `Text is quoted as Go quotes it`(text: String, quoted: String) {
        #expect(Labels.quoted(text) == quoted)
    }

    @Test func `A builder changes a set one label at a time`() {
        var builder = LabelsBuilder(["a": "1", "c": "3"])
        builder.set("b", "2")
        builder.set("a", "")
        builder.remove("nothing")
        #expect(builder["b"] == "2" && builder["a"] == nil)
        #expect(builder.build() == ["b": "2", "c": "3"])
        builder.keep { $0.name == "c" }
        #expect(builder.build() == ["c": "3"])
        builder.set("c", "4")
        #expect(builder.build() == ["c": "4"])
    }
}

@Suite struct LabelMatcherTests {
    @Test(
        arguments: [
            (.equal, "api", "api", true), (.equal, "api", "apix", false), (.notEqual, "api", "apix", true),
            (.equal, "", "", true), (.matches, "a|b", "b", true), (.matches, "a|b", "ab", false),
            (.matches, "(a|b)", "a", true),
            (.matches, "a.*", "a", true), (.matches, "a.+", "a", false), (.matches, "a.+", "ax", true),
            (.matches, ".*", "", true), (.matches, ".+", "", false), (.matches, ".+", "x", true),
            (.matches, "", "", true),
            (.matches, "a.c", "abc", true), (.matches, "a.c", "xabc", false), (.matches, "a.c", "a\nc", true),
            (.matches, "a[0-9]{2}", "a42", true), (.matches, "|a", "", true), (.notMatches, "a|b", "c", true),
            (.notMatches, "a.*", "ab", false), (.matches, "a\\.b", "a.b", true), (.matches, "a\\.b", "axb", false),
        ] as [(LabelMatcher.Operation, String, String, Bool)]
    )
    func `A matcher holds for a value or does not`(
        operation: LabelMatcher.Operation,
        wanted: String,
        value: String,
        holds: Bool
    ) throws {
        let matcher = try LabelMatcher("l", operation, wanted)
        #expect(matcher.matches(value) == holds)
        #expect(matcher.matches(Labels([Label("l", value)])) == holds)
    }

    @Test func `A label that a set lacks counts as empty`() throws {
        #expect(try LabelMatcher("l", .equal, "").matches(["x": "y"]))
        #expect(try LabelMatcher("l", .notMatches, "a.*").matches(Labels.empty))
    }

    @Test func `A broken expression is refused`() {
        #expect(throws: (any Error).self) { try LabelMatcher("l", .matches, "a(") }
    }

    @Test(
        arguments: [
            ("a|b", .oneOf(["a", "b"])), ("(a|b)", .oneOf(["a", "b"])), ("a", .oneOf(["a"])), ("a.*", .prefix("a")),
            ("a.+", .properPrefix("a")), (".*", .anything), (".+", .something), ("a|b.*", .general),
            ("(a)(b)", .general),
            ("(?i)a", .general), ("a|", .oneOf(["a", ""])),
        ] as [(String, LabelExpression.Shape)]
    )
    func `Simple shapes are recognized`(source: String, shape: LabelExpression.Shape) throws {
        #expect(try LabelExpression(source).shape == shape)
    }

    @Test func `A matcher is written as in a selector`() throws {
        #expect(try LabelMatcher("job", .matches, "a\"b").description == #"job=~"a\"b""#)
        #expect(try LabelMatcher("a b", .notEqual, "").description == #""a b"!="""#)
    }
}

@Suite struct NumberTextTests {
    // As printed by Go's strconv.FormatFloat with 'f', 'g' and -1, and by Prometheus's API.
    @Test(
        arguments: [
            (0, "0", "0", "0"), (-0.0, "-0", "-0", "-0"), (1, "1", "1", "1"), (0.1, "0.1", "0.1", "0.1"),
            (123456, "123456", "123456", "123456"), (1234567, "1234567", "1.234567e+06", "1234567"),
            (0.0001, "0.0001", "0.0001", "0.0001"), (0.00001, "0.00001", "1e-05", "0.00001"),
            (1e-7, "0.0000001", "1e-07", "1e-07"), (1e20, "100000000000000000000", "1e+20", "100000000000000000000"),
            (1e21, "1000000000000000000000", "1e+21", "1e+21"), (1.5e300, nil, "1.5e+300", "1.5e+300"),
            (.leastNonzeroMagnitude, nil, "5e-324", "5e-324"), (123.456, "123.456", "123.456", "123.456"),
            (-2.5, "-2.5", "-2.5", "-2.5"), (.infinity, "+Inf", "+Inf", "+Inf"), (-.infinity, "-Inf", "-Inf", "-Inf"),
            (.nan, "NaN", "NaN", "NaN"),
            (1.7976931348623157e308, nil, "1.7976931348623157e+308", "1.7976931348623157e+308"),
            (100, "100", "100", "100"), (1e6, "1000000", "1e+06", "1000000"),
            (0.30000000000000004, "0.30000000000000004", "0.30000000000000004", "0.30000000000000004"),
        ] as [(Double, String?, String, String)]
    )
    func `A number is printed as Go prints it`(value: Double, plain: String?, general: String, answer: String) {
        if let plain { #expect(Number.plain(value) == plain) }
        #expect(Number.general(value) == general)
        #expect(Number.answer(value) == answer)
    }

    @Test func `What is printed is read back`() {
        var random = SplitMix(state: 77)
        for _ in 0..<2_000 {
            let value = Double(bitPattern: random.next() & 0xffef_ffff_ffff_ffff)
            #expect(Number.parse(Number.general(value)) == value)
            #expect(Number.parse(Number.plain(value)) == value)
        }
    }
}

@Suite struct TimestampTests {
    @Test func `Times and spans add up, and stay at the ends of their range`() {
        let time = Timestamp(milliseconds: 1_500)
        #expect(time + .seconds(2) == Timestamp(milliseconds: 3_500))
        #expect(time - .minutes(1) == Timestamp(milliseconds: -58_500))
        #expect(time - Timestamp.epoch == Milliseconds(1_500))
        #expect(Timestamp(milliseconds: .max) + .seconds(1) == Timestamp(milliseconds: .max))
        #expect(Timestamp(milliseconds: .min) - .seconds(1) == Timestamp(milliseconds: .min))
        #expect(-Milliseconds(.min) == Milliseconds(.max))
        #expect(time.seconds == 1.5 && Milliseconds.hours(1).seconds == 3_600)
        #expect(Milliseconds.days(1) > .hours(23) && Timestamp.epoch < time)
    }

    @Test func `The markers are told apart by their bits`() {
        #expect(MarkerNaN.stale.isStaleMarker && !MarkerNaN.stale.isAbsent)
        #expect(MarkerNaN.absent.isAbsent && !MarkerNaN.absent.isStaleMarker)
        #expect(!Double.nan.isStaleMarker && !MarkerNaN.plain.isAbsent && MarkerNaN.plain.isNaN)
        #expect(MarkerNaN.stale.bitPattern == MarkerNaN.staleBits)
    }
}
