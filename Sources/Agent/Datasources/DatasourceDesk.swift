import Answers
import Configuration
import EventLoop
import HTTPClient
import Instruments
import JSON
import Metrics
import PromQL
import Rules
import YAML

/// Asks others for what rule groups want to know that are not evaluated over this host's own samples.
///
/// Unchecked: used from the core's loop only; answers come back to it.
final class DatasourceDesk: @unchecked Sendable {
    /// Queries of one group that are under way at once: a cluster is shared by many hosts.
    private static let atOnce = 4
    /// As much of an answer is read; a rule that returns more selects too much.
    private static let answerBytesMax = 64 << 20

    private let loop: EventLoop
    private var client: HTTPClient?
    private let instruments: Instruments
    private var meters: [String: DatasourceMeters] = [:]

    init(_ loop: EventLoop, _ instruments: Instruments) {
        self.loop = loop
        self.instruments = instruments
    }

    /// Says by whom requests are sent. To be said before the first one.
    func connect(_ client: HTTPClient) {
        self.client = client
    }

    /// Forgets the numbers of datasources that nobody asks any more.
    func keep(_ datasources: [DatasourceSettings]) {
        let names = Set(datasources.map(\.name.value))
        for (name, meters) in meters where !names.contains(name) {
            meters.remove(from: instruments)
            self.meters[name] = nil
        }
    }

    /// Asks for the values of expressions at one moment, and tells all that was answered at once, on the loop.
    func ask(
        _ expressions: [String],
        at time: Timestamp,
        of datasource: DatasourceSettings,
        then: @escaping @Sendable (ForeignAnswers) -> Void
    ) {
        precondition(loop.isCurrent, "rules live on the core's loop")
        let name = datasource.name.value
        let meters = meters[name] ?? DatasourceMeters(instruments, name)
        self.meters[name] = meters
        let round = Round(expressions, time, datasource, meters, then)
        for _ in 0..<Swift.min(Self.atOnce, expressions.count) { askNext(round) }
        if expressions.isEmpty { then(ForeignAnswers()) }
    }

    /// What is asked for one evaluation of one group.
    ///
    /// Unchecked: confined to the core's loop.
    private final class Round: @unchecked Sendable {
        let time: Timestamp
        let datasource: DatasourceSettings
        let meters: DatasourceMeters
        let then: @Sendable (ForeignAnswers) -> Void
        var waiting: ArraySlice<String>
        var open: Int
        var answers = ForeignAnswers()
        var isComplaining = false

        init(
            _ expressions: [String],
            _ time: Timestamp,
            _ datasource: DatasourceSettings,
            _ meters: DatasourceMeters,
            _ then: @escaping @Sendable (ForeignAnswers) -> Void
        ) {
            waiting = expressions[...]
            open = expressions.count
            self.time = time
            self.datasource = datasource
            self.meters = meters
            self.then = then
        }
    }

    private func askNext(_ round: Round) {
        guard let expression = round.waiting.popFirst() else { return }
        let datasource = round.datasource
        let fields =
            [("query", expression), ("time", seconds(round.time)), ("timeout", datasource.timeout.promQLText)]
            + datasource.parameters.map { ($0.name, $0.value) }
        let request = HTTPRequest(
            "POST",
            datasource.url + "/api/v1/query",
            headers: [
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                HTTPHeader("Accept", "application/json"),
            ],
            body: Array(FormEncoding.encoded(fields).utf8),
            timeout: .milliseconds(datasource.timeout.rawValue),
            bodyLimit: Self.answerBytesMax
        )
        round.meters.requests.add()
        let began = MonotonicInstant.now
        client?.send(request, settings: datasource.client) { [self] result in
            // Read where it arrived, so that a long answer does not hold up what is decided.
            let answer = DatasourceAnswer(result)
            loop.submit { [self] in
                round.meters.seconds.observe(Double((.now - began).wholeNanoseconds) / 1e9)
                take(answer, to: expression, round)
            }
        }
    }

    private func take(_ answer: DatasourceAnswer, to expression: String, _ round: Round) {
        round.open -= 1
        switch answer.outcome {
        case .success(let value):
            round.answers.note(value, to: expression, at: round.time, remarks: answer.remarks)
        case .failure(let trouble):
            round.meters.failures.add()
            let text = "\(round.datasource.name.value): \(trouble.reason)"
            round.answers.note(failure: text, of: expression)
            round.isComplaining = true
        }
        askNext(round)
        guard round.open == 0 else { return }
        round.meters.isUp.set(round.isComplaining ? 0 : 1)
        round.then(round.answers)
    }

    /// As the API reads it, to the millisecond.
    private func seconds(_ time: Timestamp) -> String { time.decimalSeconds }
}

/// What came back for one query.
struct DatasourceAnswer: Sendable {
    struct Trouble: Error, Hashable {
        let reason: String
    }

    let outcome: Result<QueryValue, Trouble>
    /// The warnings of whoever answered: part of the data may be missing.
    let remarks: [String]

    init(_ result: Result<HTTPResponse, HTTPClientError>) {
        switch result {
        case .failure(let error):
            outcome = .failure(Trouble(reason: "\(error)"))
            remarks = []
        case .success(let response):
            let tree = try? JSONValue(parsing: response.body, repeatedNames: .lastCounts)
            remarks = (tree?["warnings"]?.array ?? []).compactMap(\.string)
            outcome = Self.read(tree, response.status)
        }
    }

    private static func read(_ tree: JSONValue?, _ status: Int) -> Result<QueryValue, Trouble> {
        guard tree?["status"]?.string == "success", status == 200, let data = tree?["data"] else {
            let words = tree?["error"]?.string.map { ": \($0)" } ?? ""
            return .failure(Trouble(reason: "HTTP status \(status)\(words.isEmpty ? ", and no result" : words)"))
        }
        let elements = data["result"]?.array ?? []
        if elements.contains(where: { $0["histogram"] != nil }) {
            return .failure(Trouble(reason: "the result has native histograms, which medic does not read"))
        }
        guard let value = QueryValue(answer: data) else {
            return .failure(Trouble(reason: "the answer is no result of a query"))
        }
        return .success(value)
    }
}

/// What is measured of one datasource.
struct DatasourceMeters {
    private static let prefix = "medic_datasource_"

    let requests: Counter
    let failures: Counter
    let isUp: Gauge
    let seconds: Histogram
    private let labels: [(String, String)]

    init(_ instruments: Instruments, _ name: String) {
        labels = [("datasource", name)]
        requests = instruments.counter(
            Self.prefix + "requests_total",
            help: "Expressions that were asked of a datasource.",
            labels: labels
        )
        failures = instruments.counter(
            Self.prefix + "failures_total",
            help: "Expressions that a datasource did not answer; the alerts of their rules stay as they were.",
            labels: labels
        )
        isUp = instruments.gauge(
            Self.prefix + "up",
            help: "Whether a datasource answered everything that the last evaluation asked.",
            labels: labels
        )
        seconds = instruments.histogram(
            Self.prefix + "request_seconds",
            help: "How long a datasource took for one expression.",
            labels: labels,
            buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]
        )
    }

    func remove(from instruments: Instruments) {
        for name in ["requests_total", "failures_total", "up", "request_seconds"] {
            instruments.remove(Self.prefix + name, labels: labels)
        }
    }
}
