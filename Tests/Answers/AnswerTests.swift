import Answers
import JSON
import Metrics
import PromQL
import Testing

@Suite struct BatchRequestTests {
    private func request(_ line: String) -> BatchRequest {
        BatchRequest(Array(line.utf8), defaultTime: Timestamp(milliseconds: 7_000))
    }

    static let understood: [(String, QueryRequest.Span)] = [
        (#"{"expr":"up"}"#, .instant(Timestamp(milliseconds: 7_000))),
        (#"{"expr":"up","time":12.5}"#, .instant(Timestamp(milliseconds: 12_500))),
        (#"{"expr":"up","time":"12.5"}"#, .instant(Timestamp(milliseconds: 12_500))),
        (#"{"expr":"up","time":"1970-01-01T00:00:12.5Z"}"#, .instant(Timestamp(milliseconds: 12_500))),
        (
            #"{"expr":"up","start":0,"end":"60","step":"1m","comment":"any"}"#,
            .range(start: .epoch, end: Timestamp(milliseconds: 60_000), step: .minutes(1))
        ),
        (
            #"{"expr":"up","start":-1,"end":0,"step":0.5}"#,
            .range(start: Timestamp(milliseconds: -1_000), end: .epoch, step: Milliseconds(500))
        ),
    ]

    @Test(arguments: understood)
    func `Times are texts or numbers of seconds`(line: String, span: QueryRequest.Span) throws {
        let request = try request(line).request.get()
        #expect(request == QueryRequest("up", span))
    }

    static let refused: [(String, String)] = [
        ("{", "malformed JSON at column 2: a name in double quotes was expected, but the text ends"),
        ("[]", "a line must be an object, not an array"),
        ("{}", #"the member "expr" is missing"#),
        (#"{"expr":1}"#, #"the member "expr" must be a string, not a number"#),
        (#"{"expr":"up","tiem":1}"#, #"unknown member "tiem", did you mean "time"?"#),
        (#"{"expr":"up","time":"x"}"#, #"invalid parameter "time": cannot parse "x" to a valid timestamp"#),
        (#"{"expr":"up","time":true}"#, #"invalid parameter "time": cannot parse true to a valid timestamp"#),
        (#"{"expr":"up","time":1e300}"#, #"invalid parameter "time": cannot parse 1e+300 to a valid timestamp"#),
        (#"{"expr":"up","start":0}"#, #"the member "end" is missing"#),
        (
            #"{"expr":"up","start":0,"end":1,"step":1,"time":1}"#,
            #""time" cannot stand beside "start", "end" and "step""#
        ),
        (
            #"{"expr":"up","start":1,"end":0,"step":1}"#,
            #"invalid parameter "end": end timestamp must not be before start time"#
        ),
        (
            #"{"expr":"up","start":0,"end":1,"step":"0s"}"#,
            #"invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer"#
        ),
        (
            #"{"expr":"up","start":0,"end":1,"step":"x"}"#,
            #"invalid parameter "step": cannot parse "x" to a valid duration"#
        ),
        (
            #"{"expr":"up","start":0,"end":11001,"step":1}"#,
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"
        ),
    ]

    @Test(arguments: refused)
    func `A line that cannot be understood says why`(line: String, message: String) {
        let refusal = #expect(throws: QueryRefusal.self) { try request(line).request.get() }
        #expect(refusal == QueryRefusal(.badData, message))
    }

    @Test func `The id of a refused line is kept`() {
        #expect(request(#"{"id":[1,"a"],"expr":3}"#).id == [1, "a"])
        #expect(request(#"{"expr":"up"}"#).id == .null)
    }
}

@Suite struct AnswerWritingTests {
    private func text(_ result: QueryResult) -> String {
        var writer = JSONWriter()
        writer.object { $0.members(of: result, query: "rate(up[5m])", time: Timestamp(milliseconds: 1_050)) }
        return writer.text
    }

    @Test func `Values are strings beside their times in seconds`() {
        let labels: Labels = ["__name__": "up", "job": "a\"b"]
        let vector = QueryValue.vector([
            VectorElement(labels: labels, timestamp: Timestamp(milliseconds: 60_000), value: .float(1))
        ])
        #expect(
            text(QueryResult(value: vector))
                == #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a\"b"},"value":[60,"1"]}]}}"#
        )
        let samples = [(-1, Double.nan), (1, .infinity), (10, 1e-7), (1_999, 123_456_789)].map {
            SeriesPoint(timestamp: Timestamp(milliseconds: $0.0), value: .float($0.1))
        }
        #expect(
            text(QueryResult(value: .matrix([MatrixSeries(labels: .empty, samples: samples)])))
                == #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[-0.001,"NaN"],[0.001,"+Inf"],[0.010,"1e-07"],[1.999,"123456789"]]}]}}"#
        )
        #expect(
            text(QueryResult(value: .scalar(0.5)))
                == #"{"status":"success","data":{"resultType":"scalar","result":[1.050,"0.5"]}}"#
        )
        #expect(
            text(QueryResult(value: .string("x")))
                == #"{"status":"success","data":{"resultType":"string","result":[1.050,"x"]}}"#
        )
    }

    @Test func `Annotations are told by kind, and many are counted`() throws {
        let warnings = (0..<12).map { Annotation(.invalidQuantile(2), range: $0..<12) }
        let infos = [Annotation(.possibleNonCounter(metric: "up"), range: 0..<2)]
        let answer = try JSONValue(parsing: text(QueryResult(value: .scalar(1), annotations: warnings + infos)))
        #expect(answer["warnings"]?.array?.count == 11)
        #expect(
            answer["warnings"]?.array?.first == "PromQL warning: quantile value should be between 0 and 1, got 2 (1:1)"
        )
        #expect(answer["warnings"]?.array?.last == "2 more warning annotations omitted")
        #expect(answer["infos"]?.array?.count == 1)
    }

    @Test func `A refusal names its kind`() {
        var writer = JSONWriter()
        writer.object { $0.members(of: QueryRefusal(.timedOut)) }
        #expect(
            writer.text
                == #"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#
        )
    }

    @Test func `An answer in pieces is the answer as a whole`() throws {
        let series = (0..<3_000).map { number in
            MatrixSeries(
                labels: ["__name__": "m", "n": String(number)],
                samples: [SeriesPoint(timestamp: Timestamp(milliseconds: 1_500), value: .float(0.5))]
            )
        }
        let elements = series.map { VectorElement(labels: $0.labels, timestamp: .epoch, value: .float(1)) }
        let values: [QueryValue] = [.matrix(series), .vector(elements), .vector([]), .scalar(1), .string("x")]
        for value in values {
            let result = QueryResult(value: value, annotations: [Annotation(.invalidQuantile(2), range: 0..<1)])
            var whole = JSONWriter()
            whole.object { $0.members(of: result, query: "m", time: .epoch) }
            var pieces = AnswerPieces(result, query: "m", time: .epoch)
            var bytes: [UInt8] = []
            while let piece = pieces.next() { bytes += piece }
            #expect(String(decoding: bytes, as: UTF8.self) == whole.text)
        }
        var cut = AnswerPieces(QueryResult(value: .matrix(series)), query: "m", time: .epoch, limit: 2)
        var bytes: [UInt8] = []
        while let piece = cut.next() { bytes += piece }
        let answer = try JSONValue(parsing: bytes)
        #expect(answer["data"]?["result"]?.array?.count == 2)
        #expect(answer["warnings"] == ["results truncated due to limit"])
    }
}
