import Metrics
import PromQL
import Storage

extension FuzzTarget {
    static let evaluation = FuzzTarget(
        "evaluation",
        "any query ends, and a range of one point answers as a moment does",
        inputMax: 256
    ) { input in
        guard let text = String(validating: input, as: UTF8.self), let expression = try? parse(text) else { return }
        let query = World.engine.prepare(expression, text: text)
        for time in World.times {
            let moment = Result { () throws(QueryError) in try query.instant(at: time, interruption: World.patience()) }
            let range = Result { () throws(QueryError) in
                try query.range(start: time, end: time, step: .seconds(30), interruption: World.patience())
            }
            compare(text, moment, range)
        }
        // Many steps at once take other ways than one.
        _ = try? query.range(
            start: World.times[0],
            end: World.times[1],
            step: .seconds(70),
            interruption: World.patience()
        )
    }

    private static func compare(
        _ text: String,
        _ moment: Result<QueryResult, QueryError>,
        _ range: Result<QueryResult, QueryError>
    ) {
        // Only a range has a step and a length.
        let isAboutRange = text.contains("step") || text.contains("range")
        guard !isAboutRange, case .success(let moment) = moment, case .success(let range) = range,
            case .matrix(let series) = range.value
        else { return }
        var points: [Labels: Double] = [:]
        switch moment.value {
        case .scalar(let value): points[.empty] = value
        case .vector(let elements): for element in elements { points[element.labels] = element.value.number }
        default: return
        }
        hold(series.count == points.count, "\(text): \(points.count) series at a moment, \(series.count) in a range")
        for row in series {
            guard let value = points[row.labels], let found = row.samples.first?.value.number else {
                broken("\(text): only the range has \(row.labels)")
            }
            let isSame = value == found || (value.isNaN && found.isNaN)
            hold(isSame, "\(text): \(row.labels) is \(value) at a moment, \(found) in a range")
        }
    }
}

/// A small world to ask about, made once.
private enum World {
    static let times = [Timestamp(milliseconds: 1_200_000), Timestamp(milliseconds: 3_333_333)]

    /// Queries may be costly on purpose; here they are given up after so many questions.
    static func patience() -> () -> Interruption? {
        var left = 200
        return {
            left -= 1
            return left < 0 ? .cancelled : nil
        }
    }

    static let engine: Engine = {
        let store = SampleStore()
        var rows: [(labels: Labels, samples: [Sample])] = []
        for index in 0..<4 {
            rows.append(
                (labels: ["__name__": "a", "i": "\(index)"], samples: samples { Double($0 % 50 * (index + 1)) })
            )
            rows.append(
                (labels: ["__name__": "b", "i": "\(index)", "j": "x"], samples: samples { 10 - Double($0) / 3 })
            )
        }
        for (index, bound) in ["0.1", "1", "+Inf"].enumerated() {
            rows.append((labels: ["__name__": "h_bucket", "le": bound], samples: samples { Double($0 * (index + 1)) }))
        }
        let odd: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, MarkerNaN.stale, 1e300]
        rows.append((labels: ["__name__": "odd"], samples: samples { odd[$0 % odd.count] }))
        try? store.load(rows)
        return Engine(store: store, options: QueryOptions(maxSamples: 200_000))
    }()

    private static func samples(_ value: (Int) -> Double) -> [Sample] {
        (0..<240).map { Sample(timestamp: Timestamp(milliseconds: Int64($0) * 15_000), value: value($0)) }
    }
}
