public import JSON
public import Metrics
public import PromQL

extension JSONWriter {
    /// At most so many annotations of a kind are sent; the rest is counted.
    private static let annotationsMax = 10

    /// Writes the members of a successful answer into the object that is open: `status`, `data`, `warnings`, `infos`.
    ///
    /// `time` is the moment of an instant query: scalars and strings carry it.
    public mutating func members(of result: QueryResult, query: String, time: Timestamp) {
        member("status", "success")
        member("data") { writer in
            writer.object { writer in
                writer.member("resultType", result.value.typeName)
                writer.member("result") { $0.value(result.value, time: time) }
            }
        }
        remarks(on: result, query)
    }

    /// Writes `warnings` and `infos` into the object that is open, where there are any.
    mutating func remarks(on result: QueryResult, _ query: String, besides warnings: [String] = []) {
        annotations("warnings", "warning", result.annotations.filter { $0.kind == .warning }, query, warnings)
        annotations("infos", "info", result.annotations.filter { $0.kind == .info }, query, [])
    }

    /// Writes the members of a refusal into the object that is open: `status`, `errorType`, `error`.
    public mutating func members(of refusal: QueryRefusal) {
        member("status", "error")
        member("errorType", refusal.kind.rawValue)
        member("error", refusal.message)
    }

    private mutating func annotations(
        _ name: String,
        _ kind: String,
        _ annotations: [Annotation],
        _ query: String,
        _ others: [String]
    ) {
        if annotations.isEmpty && others.isEmpty { return }
        member(name) { writer in
            writer.array { writer in
                for other in others { writer.value(other) }
                for annotation in annotations.prefix(Self.annotationsMax) { writer.value(annotation.text(in: query)) }
                let surplus = annotations.count - Self.annotationsMax
                if surplus > 0 { writer.value("\(surplus) more \(kind) annotations omitted") }
            }
        }
    }

    private mutating func value(_ value: QueryValue, time: Timestamp) {
        switch value {
        case .scalar(let number): point(time, Number.answer(number))
        case .string(let text): point(time, text)
        case .vector(let elements):
            array { writer in
                for element in elements { writer.value(element) }
            }
        case .matrix(let series):
            array { writer in
                for one in series { writer.value(one) }
            }
        }
    }

    /// Writes one series of a vector or a matrix.
    mutating func element(_ place: Int, of value: QueryValue) {
        switch value {
        case .scalar, .string: break
        case .vector(let elements): self.value(elements[place])
        case .matrix(let series): self.value(series[place])
        }
    }

    private mutating func value(_ element: VectorElement) {
        object { writer in
            writer.member("metric") { $0.value(element.labels) }
            writer.member("value") { $0.point(element.timestamp, element.value) }
        }
    }

    private mutating func value(_ series: MatrixSeries) {
        object { writer in
            writer.member("metric") { $0.value(series.labels) }
            writer.member("values") { $0.points(series.samples) }
        }
    }

    private mutating func points(_ samples: [SeriesPoint]) {
        array { writer in
            for sample in samples { writer.point(sample.timestamp, sample.value) }
        }
    }

    private mutating func point(_ time: Timestamp, _ value: SampleValue) {
        switch value {
        case .float(let number): point(time, Number.answer(number))
        }
    }

    private mutating func point(_ time: Timestamp, _ text: String) {
        array { writer in
            writer.number(written: time.decimalSeconds)
            writer.value(text)
        }
    }

    /// The labels as an object, sorted by name.
    public mutating func value(_ labels: Labels) {
        object { writer in
            for label in labels { writer.member(label.name, label.value) }
        }
    }
}

extension QueryValue {
    /// What the API calls the kind of value.
    public var typeName: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "vector"
        case .matrix: "matrix"
        }
    }
}

extension Timestamp {
    /// Seconds since the epoch with three digits behind the point, or none: `1435781451.781`, `60`.
    public var decimalSeconds: String {
        let whole = rawValue.magnitude / 1_000
        let fraction = rawValue.magnitude % 1_000
        let sign = rawValue < 0 ? "-" : ""
        if fraction == 0 { return "\(sign)\(whole)" }
        let digits = String(fraction)
        return "\(sign)\(whole).\(String(repeating: "0", count: 3 - digits.utf8.count))\(digits)"
    }
}
