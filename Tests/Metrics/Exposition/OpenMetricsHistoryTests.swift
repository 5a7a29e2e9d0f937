import Metrics
import Testing

@Suite struct OpenMetricsHistoryTests {
    private func read(_ text: String) throws(ExpositionError) -> [String: [String]] {
        let series = try OpenMetricsHistory.read(Array(text.utf8).span)
        return Dictionary(
            uniqueKeysWithValues: series.map { series in
                (series.labels.description, series.samples.map { "\(Number.plain($0.value))@\($0.timestamp.rawValue)" })
            }
        )
    }

    @Test func `Samples are gathered by series and sorted by time`() throws {
        let text = """
            # TYPE a gauge
            a{x="1",y="2"} 1 1
            a{x="1",y="2"} 2 2.5
            b 5 3
            a{y="2",x="1"} 0 0.5
            b 4 1
            a{x="1",y="2"} 2 2.5
            # EOF
            """
        #expect(try read(text) == [#"a{x="1", y="2"}"#: ["0@500", "1@1000", "2@2500"], "b": ["4@1000", "5@3000"]])
    }

    @Test func `The same text below another type is another series`() throws {
        let text = "# TYPE a gauge\na{le=\"1\"} 1 1\n# TYPE a histogram\na{le=\"1\"} 2 1\n# EOF"
        #expect(try read(text) == ["a{le=\"1\"}": ["1@1000"], "a{le=\"1.0\"}": ["2@1000"]])
    }

    @Test func `Many series are found again`() throws {
        let lines = (0..<3_000).map { "m{n=\"\($0 % 1_000)\"} \($0) \($0)" }
        let series = try read(lines.joined(separator: "\n") + "\n# EOF\n")
        #expect(series.count == 1_000 && series["m{n=\"7\"}"] == ["7@7000", "1007@1007000", "2007@2007000"])
    }

    @Test func `A sample without a time is refused`() {
        let error = #expect(throws: ExpositionError.self) { try read("a 1 1\nb 2\n# EOF") }
        #expect(error?.problem == .timestampMissing && error?.line == 2)
    }

    @Test func `Two values at one time are refused where the second stands`() {
        let error = #expect(throws: ExpositionError.self) { try read("a 1 1\nb 2 1\na 1 1\na 3 1\n# EOF") }
        #expect(error?.problem == .conflictingSample && error?.line == 4)
    }

    @Test func `Without the end marker the file is refused`() {
        let error = #expect(throws: ExpositionError.self) { try read("a 1 1\n") }
        #expect(error?.problem == .noEndMarker)
    }

    @Test func `An empty history has no series`() throws {
        #expect(try read("# EOF\n") == [:])
    }
}
