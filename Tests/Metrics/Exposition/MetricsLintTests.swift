import Foundation
import Metrics
import Testing

@Suite struct MetricsLintTests {
    @Test func `Findings come sorted, with the line they are about`() throws {
        let findings = try MetricsLint.check("# TYPE b counter\nb 1\na_ms{camelCase=\"x\"} 1\n")
        #expect(
            findings.map { "\($0.line): \($0)" } == [
                "3: a_ms label names should be written in 'snake_case' not 'camelCase'",
                "3: a_ms metric names should not contain abbreviated units",
                "3: a_ms no help text",
                "1: b counter metrics should have \"_total\" suffix",
                "1: b no help text",
            ]
        )
    }

    @Test func `A failure tells line and column`() {
        let failure = #expect(throws: MetricsLint.Failure.self) { try MetricsLint.check("a 1\nb{c='d'} 1\n") }
        #expect(failure?.line == 2 && failure?.column == 5)
        #expect(
            failure?.description
                == "text format parsing error in line 2: expected '\"' at start of label value, found '\\''"
        )
    }

    @Test(.enabled(if: Promtool.isInstalled), arguments: lintCases)
    func `The linter says what promtool says`(text: String) throws {
        #expect(try Promtool.check(text) == Self.check(text), "\(text.debugDescription)")
    }

    @Test(.enabled(if: Promtool.isInstalled))
    func `On random texts too the linter says what promtool says`() throws {
        var random = SplitMix(state: 23)
        let pieces = [
            "a", "a_total", "b_bucket", "b_count", "b_sum", "b", "c_seconds", "c_ms", "d_kilobytes", "fooBar", ":", "{",
            "}",
            "le=\"1\"", "quantile=\"0.5\"", "x=\"y\"", "x", "=", "\"", ",", " ", " ", " 1", " 1\n", " 1\n", "\n", "\n",
            "\n# TYPE b histogram\n", "\n# TYPE a counter\n", "\n# HELP a text\n", "\n# TYPE ", " gauge\n", "\n# HELP ",
            "\\",
            "\t", " 12", "1e5", "-Inf",
        ]
        for _ in 0..<40 {
            let count = Int(random.next() % 24)
            let text = (0..<count).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined() + "\n"
            #expect(try Promtool.check(text) == Self.check(text), "\(text.debugDescription)")
        }
    }

    /// What promtool would print.
    private static func check(_ text: String) -> String {
        do {
            return try MetricsLint.check(text).map { "\($0)\n" }.joined()
        } catch {
            return "error while linting: \(error)\n"
        }
    }
}

private enum Promtool {
    static let path = "/usr/bin/promtool"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: path)

    static func check(_ text: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["check", "metrics"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: printed, as: UTF8.self)
    }
}

private let lintCases: [String] = [
    "", "\n\n", "a 1\n", "  a 1\n", "a", "a 1", "a\n", "a \n", "a{b=\"c\"}\n", "a{b=\"c\"}1\n", "a{b=\"c\",}1\n",
    "a{}1\n",
    "a {b = \"c\" , d = \"e\"} 1\n", "a{b=\"c\" d=\"e\"} 1\n", "a{,} 1\n", "a{b} 1\n", "a{b=c} 1\n", "a{b='c'} 1\n",
    "a{b=\"x\ny\"} 1\n", "a{b=\"\\x\"} 1\n", "a{b=\"\\n\\\\\\\"\"} 1\n", "a{b=\"1\",b=\"2\"} 1\n", "a{b=\"1\",b} 1\n",
    "a{__name__=\"x\"} 1\n", "a{__name__} 1\n", "a{b:c=\"x\"} 1\n", "a{ä=\"x\"} 1\n", "a{b=\"ä\"} 1\n", "{\"a\"} 1\n",
    "ä 1\n",
    "9a 1\n", "a:b 1\n", "a +Inf\n", "a 0x1\n", "a 0x1p3\n", "a 1_0\n", "a 1e400\n", "a x\n", "a 1 5\n", "a 1 -5\n",
    "a 1 +5\n", "a 1 5.0\n", "a 1 99999999999999999999\n", "a 1 \n", "a 1 2 3\n", "a 1 2 \n", "a 1 2\\\n", "a 1\r\n",
    "a{b=\"x\"", "a{b=\"x", "a 1 2", "# foo", "#", "#\n", "# \n", "# HELP\n", "# HELP \n", "# HELP a\n", "# HELP a \n",
    "# HELP a\t \na 1\n", "# HELP a b", "# HELP a b\n", "# HELP a b\na 1\n", "#HELP a b\na 1\n", "# HELP a-b x\n",
    "# HELP 9 x\n", "# HELP a x\\y\n", "# HELP a x\\\"y\n", "# HELP a x\\ny\\\\\na 1\n", "# HELP a b\n# HELP a c\n",
    "a 1\n# HELP a late\n", "# TYPE a foo\n", "# TYPE a counter \n", "# TYPE a counter\r\n", "# TYPE a COUNTER\na 1\n",
    "# TYPE a gaugehistogram\na 1\n", "# TYPE a gauge_histogram\na 1\n", "# TYPE a_total gauge_histogram\na_total 1\n",
    "# TYPE a \\untyped\na 1\n", "# TYPE a counter\na 1\n# TYPE a gauge\n", "a 1\n# TYPE a gauge\n",
    "# TYPE a counter\n",
    "# TYPE a counter\na_total 1\n", "# TYPE a_total counter\na_total 1\n", "# TYPE a_total gauge\na_total 1\n",
    "a_total 1\n",
    "# TYPE a_bucket gauge\na_bucket{le=\"1\",quantile=\"2\"} 1\n", "# TYPE a_count counter\na_count 1\n",
    "# TYPE a_sum gauge\na_sum 1\n", "a_bucket{le=\"1\"} 1\n",
    "# TYPE a summary\na_count 1\na_sum 2\na{quantile=\"1\"} 1\n",
    "# TYPE a summary\na{quantile=\"x\"} 1\n", "# TYPE a histogram\na{le=\"x\"} 1\n",
    "# TYPE a histogram\na{le=\"1\",le=\"2\"} 1\n",
    "# TYPE a histogram\na_bucket{le=\"1\",quantile=\"1\"} 1\n", "# TYPE a summary\na_bucket{le=\"1\"} 1\n",
    "# TYPE h histogram\nh_bucket{le=\"1\",leX=\"x\"} 1\nh_bucket{le=\"2\",leX=\"x\"} 1\nh_sum{leX=\"y\"} 1\n",
    "# TYPE h summary\n# HELP h_count x\nh 1\n# HELP h y\n",
    "# TYPE h_count gauge\n# TYPE h histogram\nh_count 1\nh_sum 1\n",
    "# TYPE a histogram\n# TYPE b histogram\na_bucket{le=\"1\",x_Y=\"\"} 1\nb_bucket{x_Y=\"\"} 1\n",
    "_count 1\n_sum 2\n_bucket 3\n",
    "aB 1\n", "a{aB=\"x\",cD=\"y\"} 1\na{aB=\"x\"} 2\n", "a_histogram_b 1\n", "a_gauge_histogram 1\n", "a_counter 1\n",
    "gauge 1\n", "a_GAUGE 1\n", "a_untyped 1\n", "a_s 1\n", "a_ms_b 1\n", "s 1\n", "a_MB_x 1\n", "a_m 1\n",
    "a_milliseconds 1\n",
    "milliseconds 1\n", "a_seconds 1\n", "a_minutes_total 1\n", "a_kilobits 1\n", "a_kelvins 1\n", "a_thermometers 1\n",
    "a_kilometers 1\n", "a_metres 1\n", "a_Milliseconds 1\n", "a_mibibytes 1\n", "a_mebibytes 1\n", "a__days 1\n",
    "a 1\nb 2\na 3\n", "a 1\n\n\nb x\n", "#a\nb 1\n", "# TYPE\ta\tcounter\na 1\n",
]
