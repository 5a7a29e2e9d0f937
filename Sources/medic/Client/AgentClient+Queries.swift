import Answers
import JSON
import Metrics
import PromQL

/// What a query came to, elsewhere.
struct RemoteResult {
    let value: QueryValue
    let warnings: [String]
    let infos: [String]
    /// The body as it came.
    let body: [UInt8]
}

extension AgentClient {
    /// The parameters that ask for it: at this moment by whoever is asked, where none is given.
    func ask(_ text: String, _ span: QueryRequest.Span?, timeout: Milliseconds? = nil) throws(AgentFailure) -> Answer {
        var parameters = [("query", text)]
        if let timeout { parameters.append(("timeout", timeout.promQLText)) }
        let patience = Duration.milliseconds((timeout ?? .minutes(2)).rawValue) + .seconds(30)
        switch span {
        case nil: break
        case .instant(let time): parameters.append(("time", time.decimalSeconds))
        case .range(let start, let end, let step):
            parameters += [
                ("start", start.decimalSeconds), ("end", end.decimalSeconds),
                ("step", Timestamp(milliseconds: step.rawValue).decimalSeconds),
            ]
            return try send("POST", "/api/v1/query_range", parameters, timeout: patience)
        }
        return try send("POST", "/api/v1/query", parameters, timeout: patience)
    }

    func query(
        _ text: String,
        _ span: QueryRequest.Span? = nil,
        timeout: Milliseconds? = nil
    ) throws(AgentFailure) -> RemoteResult {
        let answer = try ask(text, span, timeout: timeout)
        let data = try data(of: answer)
        guard let value = QueryValue(answer: data) else {
            throw .notUnderstood("\(address) answers the query with something that is no result")
        }
        func remarks(_ name: String) -> [String] {
            let tree = try? JSONValue(parsing: answer.body, repeatedNames: .lastCounts)
            return (tree?[name]?.array ?? []).compactMap(\.string)
        }
        // Most answers have none, and a long one is not worth reading twice for nothing.
        let isLong = answer.body.count > 4 << 20
        return RemoteResult(
            value: value,
            warnings: isLong ? [] : remarks("warnings"),
            infos: isLong ? [] : remarks("infos"),
            body: answer.body
        )
    }

    /// The elements of an answer that is a vector.
    func vector(_ text: String) throws(AgentFailure) -> [VectorElement] {
        if case .vector(let elements) = try query(text).value { return elements }
        return []
    }
}

extension QueryValue {
    /// Reads the `data` of an answer.
    init?(answer data: JSONValue) {
        guard let result = data["result"] else { return nil }
        switch data.text("resultType") {
        case "scalar":
            guard let sample = Sample(answer: result) else { return nil }
            self = .scalar(sample.value)
        case "string":
            guard let text = result.array?.last?.string else { return nil }
            self = .string(text)
        case "vector":
            self = .vector(
                (result.array ?? []).compactMap { element in
                    Sample(answer: element["value"]).map {
                        VectorElement(
                            labels: element.labels("metric"),
                            timestamp: $0.timestamp,
                            value: .float($0.value)
                        )
                    }
                }
            )
        case "matrix":
            self = .matrix(
                (result.array ?? []).map { series in
                    let samples = (series["values"]?.array ?? []).compactMap {
                        Sample(answer: $0).map(SeriesPoint.init)
                    }
                    return MatrixSeries(labels: series.labels("metric"), samples: samples)
                }
            )
        default: return nil
        }
    }
}

extension Sample {
    /// Reads `[1435781451.781, "1"]`.
    fileprivate init?(answer: JSONValue?) {
        guard let pair = answer?.array, pair.count == 2, let seconds = pair[0].double, let text = pair[1].string,
            let time = QueryParameter.time(seconds: seconds)
        else { return nil }
        let special: [String: Double] = ["NaN": .nan, "+Inf": .infinity, "-Inf": -.infinity, "Inf": .infinity]
        guard let value = special[text] ?? Double(text) else { return nil }
        self.init(timestamp: time, value: value)
    }
}
