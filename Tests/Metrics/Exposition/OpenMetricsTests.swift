import Metrics
import Testing

@Suite struct OpenMetricsTests {
    @Test(
        arguments: [
            ("# EOF", []),
            ("# EOF\n", []),
            ("a 1\n# EOF\n", ["a 1"]),
            ("a{b=\"c\",} 1 1.5\n# EOF", ["a{b=\"c\"} 1 @1500"]),
            ("a 1 -1.5e3\n# EOF", ["a 1 @-1500000"]),
            ("a 1 1520879607.789\n# EOF", ["a 1 @1520879607789"]),
            ("a_total 1 # {} 2\n# EOF", ["a_total 1 # {} 2"]),
            ("a_total 1 # {id=\"x\",\"b c\"=\"y\"} 2 3.5\n# EOF", ["a_total 1 # {\"b c\"=\"y\", id=\"x\"} 2 @3500"]),
            ("a_total 1 5 # {id=\"x\"} 2\n# EOF", ["a_total 1 @5000 # {id=\"x\"} 2"]),
            ("a_created 1520872607.123\n# EOF", ["a_created 1520872607.123"]),
            ("{\"a.b\",c=\"d\"} 1\n# EOF", ["{\"a.b\", c=\"d\"} 1"]),
            ("# HELP a x \\\" \\n \\\\ \\y\n# EOF", ["help a: x \" \n \\ \\y"]),
            ("# HELP a \n# EOF", ["help a: "]),
            ("# TYPE a unknown\n# TYPE b stateset\n# EOF", ["type a: unknown", "type b: stateSet"]),
            ("# TYPE a gaugehistogram\n# TYPE b info\n# EOF", ["type a: gaugeHistogram", "type b: info"]),
            ("# UNIT a_seconds seconds\n# UNIT b \n# EOF", ["unit a_seconds: seconds", "unit b: "]),
            ("# TYPE h histogram\nh_bucket{le=\"1\"} 2\n# EOF", ["type h: histogram", "h_bucket{le=\"1.0\"} 2"]),
        ] as [(String, [String])]
    )
    func `OpenMetrics is read as Prometheus reads it`(text: String, expected: [String]) throws {
        #expect(try entries(text, .openMetrics) == expected)
    }

    typealias Problem = ExpositionError.Problem

    @Test(
        arguments: [
            ("", .noEndMarker, 1, 1), ("\n", .noEntry, 1, 1), ("a 1", .noEndMarker, 1, 4),
            ("a 1\n", .noEndMarker, 2, 1),
            ("a 1\n\n# EOF", .noEntry, 2, 1), (" a 1\n# EOF", .noEntry, 1, 1), ("9\n# EOF", .noEntry, 1, 1),
            ("# EOF\n\n", .dataAfterEndMarker, 2, 1), ("# EOFx", .dataAfterEndMarker, 1, 6), ("#EOF", .noEntry, 1, 1),
            ("# comment\n# EOF", .noEntry, 1, 1), ("#  TYPE a gauge\n# EOF", .noEntry, 1, 1),
            ("#\n# EOF", .noEntry, 1, 1),
            ("# TYPE a untyped\n# EOF", .unknownType("untyped"), 1, 10),
            ("# TYPE a gauge \n# EOF", .unknownType("gauge "), 1, 10),
            ("# TYPE a  gauge\n# EOF", .unknownType(" gauge"), 1, 10),
            ("# TYPE a\n# EOF", .noText(after: "TYPE"), 1, 9), ("# HELP a\n# EOF", .noText(after: "HELP"), 1, 9),
            ("# HELP a\tb\n# EOF", .noText(after: "HELP"), 1, 9), ("# HELP a b", .noText(after: "HELP"), 1, 11),
            ("# TYPE \n# EOF", .noMetricName(after: "TYPE"), 1, 8),
            ("# UNIT a seconds\n# EOF", .unitNotInName(unit: "seconds", name: "a"), 1, 10),
            ("# UNIT aseconds seconds\n# EOF", .unitNotInName(unit: "seconds", name: "aseconds"), 1, 17),
            ("# UNIT seconds seconds\n# EOF", .unitNotInName(unit: "seconds", name: "seconds"), 1, 16),
            ("a\t1\n# EOF", .noValue, 1, 2), ("a  1\n# EOF", .noValue, 1, 3), ("a{b=\"c\"}1\n# EOF", .noValue, 1, 9),
            ("a 1\t2\n# EOF", .noNumber("1\t2"), 1, 3), ("a 1 \n# EOF", .noValue, 1, 5),
            ("a 1 2 \n# EOF", .noEndOfLine, 1, 6),
            ("a 1 2 3\n# EOF", .noEndOfLine, 1, 6), ("a 1 x\n# EOF", .noNumber("x"), 1, 5),
            ("a 1 2", .noEndMarker, 1, 6),
            ("a 1 NaN\n# EOF", .noTimestamp("NaN"), 1, 5), ("a 1 -Inf\n# EOF", .noTimestamp("-Inf"), 1, 5),
            ("a 1 1e300\n# EOF", .noTimestamp("1e300"), 1, 5), ("a{ b=\"c\"} 1\n# EOF", .noLabelName, 1, 3),
            ("a{b =\"c\"} 1\n# EOF", .noEqualSign, 1, 4), ("a{b= \"c\"} 1\n# EOF", .noLabelValue, 1, 5),
            ("a{b=\"c\" } 1\n# EOF", .noCommaOrBrace, 1, 8), ("a{b=\"c\"d=\"e\"} 1\n# EOF", .noCommaOrBrace, 1, 8),
            ("a{b=\"c\",,} 1\n# EOF", .noLabelName, 1, 9), ("a{b=\"c\nd\"} 1\n# EOF", .noLabelValue, 1, 5),
            ("{b=\"c\"} 1\n# EOF", .nameMissing, 1, 1), ("a 1 # {b=c} 1\n# EOF", .noLabelValue, 1, 10),
            ("a 1 # {b=\"c\"}\n# EOF", .noValue, 1, 14), ("a 1 # {\"b\"} 1\n# EOF", .noEqualSign, 1, 11),
            ("a 1 # {b=\"c\"} x\n# EOF", .noNumber("x"), 1, 15),
            ("a 1 # {b=\"c\"} 1 Inf\n# EOF", .noTimestamp("Inf"), 1, 17),
            ("a 1 # {b=\"c\"} 1 2 3\n# EOF", .noEndOfLine, 1, 18), ("a 1 # {b=\"c\"} 1", .noEndMarker, 1, 16),
            ("a 1 # x\n# EOF", .noNumber("#"), 1, 5), ("a 1_0\n# EOF", .unsupportedNumber("1_0"), 1, 3),
            ("a{b=\"c\",b=\"d\"} 1\n# EOF", .duplicateLabel("b"), 1, 1),
        ] as [(String, Problem, Int, Int)]
    )
    func `Bad OpenMetrics is refused at its place`(text: String, problem: Problem, line: Int, column: Int) {
        let error = #expect(throws: ExpositionError.self) { try entries(text, .openMetrics) }
        #expect(error?.problem == problem)
        #expect(error?.line == line && error?.column == column, "\(String(describing: error))")
    }

    @Test func `A NUL is let pass in labels and help, and nowhere else`() throws {
        #expect(try entries("a{b=\"c\0\"} 1\n# HELP a b\0c\n# EOF", .openMetrics).count == 2)
        for text in ["\0", "a{b=\0\"c\"} 1", "a\0 1", "a 1\0", "a 1 # {b=\"\0\"} 1", "{\"a\0\"} 1"] {
            #expect(throws: ExpositionError.self, "\(text.debugDescription)") {
                try entries(text + "\n# EOF\n", .openMetrics)
            }
        }
    }
}

@Suite struct ExpositionFormatTests {
    typealias Choice = ExpositionFormat.Choice

    @Test(
        arguments: [
            ("text/plain", .format(.text)), ("text/plain; version=0.0.4", .format(.text)),
            ("TEXT/PLAIN;", .format(.text)),
            ("text/plain; version=\"0.0.4\"; charset=utf-8", .format(.text)),
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", .format(.openMetrics)),
            ("text/html", .refused(.unsupported("text/html"))), ("", .refused(.missing)), (nil, .refused(.missing)),
            ("application/json", .refused(.unsupported("application/json"))),
            ("text/plain; version", .refused(.malformed("text/plain; version"))),
            ("text//plain", .refused(.malformed("text//plain"))),
        ] as [(String?, Choice)]
    )
    func `The Content-Type chooses the parser`(contentType: String?, choice: Choice) {
        #expect(ExpositionFormat.choose(contentType: contentType, fallback: nil) == choice)
    }

    @Test func `The fallback of the target stands in, and says why`() {
        #expect(
            ExpositionFormat.choose(contentType: "text/html", fallback: .openMetrics)
                == .fallback(.openMetrics, because: .unsupported("text/html"))
        )
        #expect(ExpositionFormat.choose(contentType: nil, fallback: .text) == .fallback(.text, because: .missing))
        #expect(ExpositionFormat.choose(contentType: "text/plain", fallback: .openMetrics) == .format(.text))
    }

    @Test(arguments: ExpositionFormat.allCases)
    func `What is written is chosen again`(format: ExpositionFormat) {
        #expect(ExpositionFormat.choose(contentType: format.contentType, fallback: nil) == .format(format))
    }
}
