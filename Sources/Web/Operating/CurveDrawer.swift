import Answers
import EventLoop
import HTTPServer
import Instruments
import JSON
import Metrics
import PromQL

/// Evaluates expressions over time for drawing: a few hundred points, a few series, and a bounded share of the processors.
struct CurveDrawer: Sendable {
    private static let seriesMax = 20
    private static let pointsMax: Int64 = 300
    private static let patience = Duration.seconds(10)

    private let desk: any OperatingDesk
    private let gate: WorkGate

    init(_ desk: any OperatingDesk, _ instruments: Instruments) {
        self.desk = desk
        gate = WorkGate("drawing", width: 2, waiting: 32, patience: Self.patience, instruments)
    }

    /// The series of an expression that can belong to an alert with these labels, until now. Nil where it cannot be drawn.
    func curve(
        _ text: String,
        agreeing labels: Labels,
        over length: Milliseconds,
        _ abandonment: HTTPServer.Abandonment
    ) async throws(WebRefusal) -> JSONValue? {
        let end = Timestamp.now
        let step = Milliseconds(Swift.max(1_000, length.rawValue / Self.pointsMax))
        let request = QueryRequest(text, .range(start: end - length, end: end, step: step))
        let engine = desk.engine
        let deadline = MonotonicInstant.now + Self.patience
        let outcome = try await gate.run(abandonment: abandonment) { () -> Result<QueryResult, QueryRefusal> in
            var desk = QueryDesk(engine, options: engine.options) {
                {
                    if abandonment.isAbandoned { return .cancelled }
                    return MonotonicInstant.now > deadline ? .timedOut : nil
                }
            }
            return Result { () throws(QueryRefusal) in try desk.answer(request) }
        }
        guard case .success(let result) = outcome, case .matrix(let all) = result.value else { return nil }
        let series = all.filter { Self.agrees($0.labels, labels) }
        return .tree { tree in
            tree.add("start", at: end - length)
            tree.add("end", at: end)
            tree.add("stepSeconds", span: step)
            tree.add("series", list: series.prefix(Self.seriesMax).map { Self.tree($0) })
            if series.count > Self.seriesMax { tree.add("isCut", flag: true) }
        }
    }

    /// Whether no label contradicts the alert's; a metric's name does not count.
    private static func agrees(_ series: Labels, _ alert: Labels) -> Bool {
        series.allSatisfy { label in
            guard label.name != Labels.metricName, let value = alert[label.name] else { return true }
            return value.utf8.elementsEqual(label.value.utf8)
        }
    }

    private static func tree(_ series: MatrixSeries) -> JSONValue {
        .tree { tree in
            tree.add("labels", labels: series.labels)
            tree.add(
                "values",
                list: series.samples.map { sample in
                    let value = sample.value.number
                    return .array([.number(sample.timestamp.seconds), value.isFinite ? .number(value) : .null])
                }
            )
        }
    }
}
