import Answers
import Configuration
import EventLoop
import HTTPServer
import Instruments
import JSON
import Metrics
import PromQL
import Storage
import Synchronization

/// Questions about samples, as Prometheus's API puts them.
struct QueryRoutes: Sendable {
    let gate: WorkGate
    private let desk: any AgentDesk
    private let settings: WebSettings.Queries

    init(_ desk: any AgentDesk, _ settings: WebSettings.Queries, _ instruments: Instruments) {
        self.desk = desk
        self.settings = settings
        gate = WorkGate(
            "queries",
            width: settings.concurrency,
            waiting: settings.waiting,
            patience: .milliseconds(settings.timeout.rawValue),
            instruments
        )
    }

    var routes: [Route] {
        let series = SeriesRoutes(desk, gate, settings)
        return [
            Route([.get, .post], "/api/v1/query") { call throws(WebRefusal) in try await instant(call) },
            Route([.get, .post], "/api/v1/query_range") { call throws(WebRefusal) in try await range(call) },
            Route([.get, .post], "/api/v1/query_exemplars") { call throws(WebRefusal) in try exemplars(call) },
            Route([.get, .post], "/api/v1/format_query") { call throws(WebRefusal) in
                let expression = try expression(call)
                return .success { $0.value(expression.pretty()) }
            },
            Route([.get, .post], "/api/v1/parse_query") { call throws(WebRefusal) in
                let expression = try expression(call)
                return .success { $0.value(expression.json) }
            },
        ] + series.routes
    }

    private func instant(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let limit = try call.limit()
        let time = try instantTime(call)
        let request = QueryRequest(call.value("query") ?? "", .instant(time))
        return try await answer(call, request, time: time, limit: limit)
    }

    private func instantTime(_ call: Call) throws(WebRefusal) -> Timestamp {
        do {
            return try call.time("time") ?? .now
        } catch {
            // In one place the API names the parameter twice.
            let text = Labels.quoted(call.value("time") ?? "")
            throw .badParameter("time", "invalid time value for 'time': cannot parse \(text) to a valid timestamp")
        }
    }

    private func range(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let limit = try call.limit()
        let start = try call.requiredTime("start")
        let end = try call.requiredTime("end")
        if end < start { throw .badParameter("end", "end timestamp must not be before start time") }
        guard let step = try call.span("step") else {
            throw .badParameter("step", "cannot parse \"\" to a valid duration")
        }
        let span: QueryRequest.Span
        do throws(QueryRefusal) {
            span = try QueryRequest.range(start: start, end: end, step: step)
        } catch {
            throw WebRefusal(error)
        }
        return try await answer(call, QueryRequest(call.value("query") ?? "", span), time: end, limit: limit)
    }

    /// Runs a query in its turn and sends the answer piece by piece.
    private func answer(
        _ call: Call,
        _ request: QueryRequest,
        time: Timestamp,
        limit: Int?
    ) async throws(WebRefusal) -> HTTPServer.Reply {
        let allowed = settings.timeout
        let timeout = try call.span("timeout").map { min($0, allowed) } ?? allowed
        let deadline = MonotonicInstant.now + .milliseconds(timeout.rawValue)
        let abandonment = call.request.abandonment
        var options = desk.engine.options
        options.maxSamples = min(options.maxSamples, settings.maxSamples)
        if let lookback = try call.span("lookback_delta"), lookback > .zero { options.lookback = lookback }
        let (engine, chosen) = (desk.engine, options)
        let outcome = try await gate.run(abandonment: abandonment) { () -> Result<QueryResult, QueryRefusal> in
            var desk = QueryDesk(engine, options: chosen) {
                {
                    if abandonment.isAbandoned { return .cancelled }
                    return MonotonicInstant.now > deadline ? .timedOut : nil
                }
            }
            return Result { () throws(QueryRefusal) in try desk.answer(request) }
        }
        let result: QueryResult
        do throws(QueryRefusal) {
            result = try outcome.get()
        } catch {
            throw WebRefusal(error)
        }
        let pieces = Mutex(AnswerPieces(result, query: request.text, time: time, limit: limit))
        return .pieces { pieces.withLock { $0.next() } }
    }

    /// There are never any: samples are stored without exemplars.
    private func exemplars(_ call: Call) throws(WebRefusal) -> HTTPServer.Reply {
        let (start, end) = (try call.time("start"), try call.time("end"))
        if let start, let end, end < start {
            throw WebRefusal(.badData, "end timestamp must not be before start timestamp")
        }
        _ = try expression(call)
        return .success { $0.array { _ in } }
    }

    private func expression(_ call: Call) throws(WebRefusal) -> Expression {
        let text = call.value("query") ?? ""
        do throws(ParseError) {
            return try parse(text)
        } catch {
            throw .badParameter("query", error.description(in: text))
        }
    }
}

extension HTTPServer.Reply {
    /// A long answer in JSON that is made while it is sent.
    static func pieces(_ next: @escaping @Sendable () -> [UInt8]?) -> HTTPServer.Reply {
        // What fits into one piece is sent with its length.
        guard let first = next() else { return HTTPServer.Reply(type: "application/json", body: .bytes([])) }
        guard let second = next() else { return HTTPServer.Reply(type: "application/json", body: .bytes(first)) }
        let begin = Mutex([first, second])
        return HTTPServer.Reply(
            type: "application/json",
            body: .stream {
                let waiting = begin.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                return (waiting ?? next()).map { .bytes($0) } ?? .end
            }
        )
    }
}
