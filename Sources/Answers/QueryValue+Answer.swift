public import JSON
import Metrics
public import PromQL

extension QueryValue {
    /// Reads the `data` of an answer of Prometheus's query API; nil where it is no result.
    public init?(answer data: JSONValue) {
        guard let result = data["result"] else { return nil }
        switch data["resultType"]?.string ?? "" {
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
                            labels: Labels(answer: element["metric"]),
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
                    return MatrixSeries(labels: Labels(answer: series["metric"]), samples: samples)
                }
            )
        default: return nil
        }
    }
}

extension Labels {
    fileprivate init(answer metric: JSONValue?) {
        self.init(
            (metric?.object?.members ?? []).compactMap { member in
                member.value.string.map { Label(member.name, $0) }
            }
        )
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
