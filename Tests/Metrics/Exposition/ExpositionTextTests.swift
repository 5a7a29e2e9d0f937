import Metrics
import Testing

/// An exposition as the tests like to see it: one short text per entry.
func entries(
    _ text: String,
    _ format: ExpositionFormat,
    unifiesBounds: Bool = true
) throws(ExpositionError) -> [String] {
    try entries(Array(text.utf8), format, unifiesBounds: unifiesBounds)
}

func entries(
    _ bytes: [UInt8],
    _ format: ExpositionFormat,
    unifiesBounds: Bool = true
) throws(ExpositionError) -> [String] {
    try Exposition.withParser(bytes.span, format: format, unifiesBounds: unifiesBounds) {
        parser throws(ExpositionError) in
        var result: [String] = []
        while let entry = try parser.next() {
            switch entry {
            case .help(let name, let text): result.append("help \(parser.name(name)): \(parser.helpText(text))")
            case .type(let name, let type): result.append("type \(parser.name(name)): \(type)")
            case .unit(let name, let text): result.append("unit \(parser.name(name)): \(parser.name(text))")
            case .comment(let range): result.append("comment of \(range.count)")
            case .sample(let sample):
                var text = "\(parser.labels) \(Number.plain(sample.value))"
                if let timestamp = sample.timestamp { text += " @\(timestamp.rawValue)" }
                if sample.hasExemplar {
                    let exemplar = parser.exemplar
                    text += " # \(exemplar.labels) \(Number.plain(exemplar.value))"
                    if let timestamp = exemplar.timestamp { text += " @\(timestamp.rawValue)" }
                }
                result.append(text)
            }
        }
        return result
    }
}

@Suite struct ExpositionTextTests {
    @Test(
        arguments: [
            ("", []),
            ("a 1", ["a 1"]),
            ("a 1\n", ["a 1"]),
            ("\n \n\t\na 1\n\n", ["a 1"]),
            ("  a 1  \n", ["a 1"]),
            ("a\t1\t2", ["a 1 @2"]),
            ("a 1 0012\n", ["a 1 @12"]),
            ("a{} 1", ["a 1"]),
            ("a{b=\"c\"}1", ["a{b=\"c\"} 1"]),
            ("a-1", ["a -1"]),
            ("a.5", ["a 0.5"]),
            ("a{b=\"c\",} 1", ["a{b=\"c\"} 1"]),
            ("a { b = \"c\" , d= \"e\" , } 1", ["a{b=\"c\", d=\"e\"} 1"]),
            ("a{b=\"c\" d=\"e\"} 1", ["a{b=\"c\", d=\"e\"} 1"]),
            ("a{b=\"c\"d=\"e\"} 1", ["a{b=\"c\", d=\"e\"} 1"]),
            ("a{z=\"1\",A=\"2\"} 1", ["a{A=\"2\", z=\"1\"} 1"]),
            ("a{b=\"\"} 1", ["a 1"]),
            (#"a{b="\"\\\n\x"} 1"#, [#"a{b="\"\\\n\\x"} 1"#]),
            ("a{b=\"x\ny\"} 1", [#"a{b="x\ny"} 1"#]),
            ("a{b=\"ä€😀\"} 1", ["a{b=\"ä€😀\"} 1"]),
            ("a:b_C9 1", ["a:b_C9 1"]),
            ("a +Inf\nb -inf\nc NaN", ["a +Inf", "b -Inf", "c NaN"]),
            ("{\"a.b\"} 1", ["{\"a.b\"} 1"]),
            ("{ \"a.b\" , c=\"d\" } 1", ["{\"a.b\", c=\"d\"} 1"]),
            ("{c=\"d\",\"a\"} 1", ["a{c=\"d\"} 1"]),
            ("{\"a\",\"b c\"=\"d\"} 1", ["a{\"b c\"=\"d\"} 1"]),
            (#"{"a\"b\\c\nd"} 1"#, [#"{"a\"b\\c\nd"} 1"#]),
            ("# HELP a some  text\\n\\\\ \\\" \n", ["help a: some  text\n\\ \\\" "]),
            ("# HELP a", ["help a: "]),
            ("# HELP a \n", ["help a: "]),
            ("#\tHELP\t a\tb", ["help a: b"]),
            ("# HELP \"a b\" c", ["help a b: c"]),
            ("# TYPE a counter\n# TYPE b untyped", ["type a: counter", "type b: unknown"]),
            ("#TYPE a nonsense\n#\n# \n# HELP\n# TYPEx a b\n# EOF\n# UNIT a b", Array(repeating: "", count: 7)),
        ] as [(String, [String])]
    )
    func `Prometheus text is read as Prometheus reads it`(text: String, expected: [String]) throws {
        let read = try entries(text, .text)
        if expected.first == "" {
            #expect(read.count == expected.count && read.allSatisfy { $0.hasPrefix("comment") })
        } else {
            #expect(read == expected)
        }
    }

    typealias Problem = ExpositionError.Problem

    @Test(
        arguments: [
            ("a", .noValue, 1, 2), ("a\n", .noValue, 1, 2), ("a 1\nb\n", .noValue, 2, 2), ("9a 1", .noEntry, 1, 1),
            ("a 1\n  -b 1", .noEntry, 2, 3), ("a b", .noNumber("b"), 1, 3), ("a 1_0", .unsupportedNumber("1_0"), 1, 3),
            ("a 0x1p3", .unsupportedNumber("0x1p3"), 1, 3), ("a 0x10", .noNumber("0x10"), 1, 3),
            ("a 1e999", .numberOutOfRange("1e999"), 1, 3), ("a 1\r\n", .noNumber("1\r"), 1, 3),
            ("a 1 x", .noEndOfLine, 1, 5), ("a 1 -2", .noEndOfLine, 1, 5), ("a 1 2.5", .noEndOfLine, 1, 6),
            ("a 1 2 3", .noEndOfLine, 1, 7), ("a 1 99999999999999999999", .noTimestamp("99999999999999999999"), 1, 5),
            ("a 1{", .noEndOfLine, 1, 4), ("a 1 # {x=\"y\"} 1", .noEndOfLine, 1, 5),
            ("a{", .noLabelName, 1, 3), ("a{b", .noEqualSign, 1, 4), ("a{b}", .noEqualSign, 1, 4),
            ("a{b=c} 1", .noLabelValue, 1, 5), ("a{b='c'} 1", .noLabelValue, 1, 5), ("a{b=\"c} 1", .noLabelValue, 1, 5),
            ("a{b=\"c\\\n\"} 1", .noLabelValue, 1, 5), ("a{,} 1", .noLabelName, 1, 3),
            ("a{b=\"c\",,} 1", .noLabelName, 1, 9),
            ("a{=\"c\"} 1", .noLabelName, 1, 3), ("a{\nb=\"c\"} 1", .noLabelName, 1, 3),
            ("a{ä=\"c\"} 1", .noLabelName, 1, 3),
            ("{b=\"c\"} 1", .nameMissing, 1, 1), ("{} 1", .nameMissing, 1, 1), ("a{\"b\"} 1", .nameTwice, 1, 3),
            ("{\"a\",\"b\"} 1", .nameTwice, 1, 6), ("{\"a\" b=\"c\"} 1", .noEqualSign, 1, 6),
            ("{\"\"} 1", .emptyName, 1, 2),
            ("a{\"\"=\"b\"} 1", .emptyName, 1, 3), ("a{b=\"c\",b=\"d\"} 1", .duplicateLabel("b"), 1, 1),
            ("a{__name__=\"b\"} 1", .duplicateLabel("__name__"), 1, 1),
            (#"a{"b"="c","b"="c"} 1"#, .duplicateLabel("b"), 1, 1),
            (#"{"a","b\\"="c","b\\"="c"} 1"#, .duplicateLabel("b\\"), 1, 1),
            ("# TYPE a", .unknownType(""), 1, 9), ("# TYPE a counter ", .unknownType("counter "), 1, 10),
            ("# TYPE a  gauge", .unknownType(" gauge"), 1, 10), ("# TYPE a info", .unknownType("info"), 1, 10),
            ("# TYPE a counter\r\n", .unknownType("counter\r"), 1, 10),
            ("# TYPE 1", .noMetricName(after: "TYPE"), 1, 8),
            ("# HELP \n", .noMetricName(after: "HELP"), 1, 8), ("# HELP \"a b", .noMetricName(after: "HELP"), 1, 8),
            ("ä 1", .noEntry, 1, 1), ("a{b=\"ä\"} x", .noNumber("x"), 1, 10),
        ] as [(String, Problem, Int, Int)]
    )
    func `Bad text is refused at its place`(text: String, problem: Problem, line: Int, column: Int) {
        let error = #expect(throws: ExpositionError.self) { try entries(text, .text) }
        #expect(error?.problem == problem)
        #expect(error?.line == line && error?.column == column, "\(String(describing: error))")
    }

    @Test func `Bytes that are not UTF-8 are refused in labels and help`() {
        for (before, after, problem, column) in [
            ("a{b=\"", "\"} 1", Problem.invalidUTF8("the label value"), 5),
            ("{\"", "\"} 1", .invalidUTF8("the name"), 2),
            ("# HELP a ", "", .invalidUTF8("the help text"), 10),
        ] {
            let bytes = Array(before.utf8) + [0xff] + Array(after.utf8)
            let error = #expect(throws: ExpositionError.self) { try entries(bytes, .text) }
            #expect(error?.problem == problem && error?.column == column)
        }
    }

    @Test func `A NUL is let pass where Prometheus lets it pass`() throws {
        #expect(try entries("a{b=\"c\0\"} 1\n# HELP a b\0c\n# c\0d\nz 1", .text).count == 4)
        #expect(try entries("a 1\n\0this is not looked at", .text) == ["a 1"])
        #expect(try entries("#a\0b\nz 1", .text) == [])
        for text in [
            "a{b=\0\"c\"} 1", "a{b\0=\"c\"} 1", "a\0{b=\"c\"} 1", "a 0 1\0", "a 1\0", "{\"a\0\"} 1", "# HELP a\0b",
        ] {
            #expect(throws: ExpositionError.self, "\(text.debugDescription)") { try entries(text, .text) }
        }
    }

    @Test func `Bounds are written in one way, as in Prometheus 3`() throws {
        let text = """
            # TYPE h histogram
            h_bucket{le="1"} 1
            h_bucket{le="0.10"} 1
            h_bucket{le="2.5"} 1
            h_bucket{le="1e6"} 1
            h_bucket{le="0.00001"} 1
            h_bucket{le="Inf"} 1
            h_bucket{le="+Inf"} 1
            h_bucket{le="007"} 1
            h_bucket{le="1234567"} 1
            h_bucket{le="x"} 1
            h_bucket{le="10",z="5"} 1
            other{quantile="1"} 1
            # TYPE s summary
            s{quantile="1"} 1
            s{quantile="0.5",le="1"} 1
            # TYPE g gauge
            g{le="1",quantile="1"} 1
            """
        let bounds = try entries(text, .text).filter { !$0.hasPrefix("type") }.map { $0.split(separator: "\"")[1] }
        #expect(
            bounds == [
                "1.0", "0.1", "2.5", "1e+06", "1e-05", "+Inf", "+Inf", "7.0", "1.234567e+06", "x", "10.0", "1", "1.0",
                "1",
                "1",
            ]
        )
        #expect(try entries(text, .text, unifiesBounds: false)[1] == "h_bucket{le=\"1\"} 1")
    }

    @Test func `A message says what is wrong, where, and what was expected`() {
        let error = #expect(throws: ExpositionError.self) { try entries("up 1\nup{job='x'} 1", .text) }
        #expect(error?.description == #"2:8: unexpected "'x'}", expected a label value in double quotes"#)
        let end = #expect(throws: ExpositionError.self) { try entries("up", .text) }
        #expect(end?.description == "1:3: unexpected end of data, expected a value")
    }

    @Test func `More labels than a pairwise look can bear are checked for duplicates all the same`() throws {
        let many = (0..<3_000).map { "l\($0)=\"x\"" }.joined(separator: ",")
        #expect(try entries("a{\(many)} 1", .text).count == 1)
        let error = #expect(throws: ExpositionError.self) { try entries("a{\(many),l7=\"x\"} 1", .text) }
        #expect(error?.problem == .duplicateLabel("l7"))
    }
}
