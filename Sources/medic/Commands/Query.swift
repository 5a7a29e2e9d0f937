import Answers
import Diagnostics
import Files
import JSON
import Metrics
import PromQL

/// `medic query EXPR`
enum QueryCommand {
    static let time = Flag.text("time", "TIME", "evaluate at this moment; default: now, or a file's newest sample")
    static let start = Flag.text("start", "TIME", "evaluate at each step from here")
    static let end = Flag.text("end", "TIME", "to here; default: now, or a file's newest sample")
    static let step = Flag.text("step", "DURATION", "the distance of the steps; default: 250 steps, or fewer")
    static let openMetrics = Flag.file(
        "openmetrics",
        "read the samples from this file of OpenMetrics text, - for standard input"
    )
    static let batch = Flag.file("batch", "answer the queries in this file of JSON lines, - for standard input")
    static let url = Flag.text("url", "URL", "ask the agent, or the Prometheus, at http://HOST:PORT")
    static let format = Flag.choice(
        "format",
        ["table", "json", "csv", "graph"],
        "how to show the answer; default: table"
    )
    static let timeout = Flag.text("timeout", "DURATION", "give up a query after so long; default: 2m")
    static let stats = Flag.on("stats", "tell how much was read and how long it took")

    static let command = Command(
        path: ["query"],
        summary: "answer a PromQL query",
        arguments: [Argument(placeholder: "EXPR", summary: "the query, in PromQL", isRequired: false)],
        flags: [
            time, start, end, step, openMetrics, batch, format, timeout, stats, AgentArguments.socket, url,
            AgentArguments.tokenFile,
        ],
        details: """
            Without --openmetrics the agent on this host answers, or whoever --url names.

            \(MomentArgument.help)

            In a batch each line is {"id", "expr", "time"} or {"id", "expr", "start", "end", "step"}, times being strings \
            or numbers of seconds. Each line is answered at once by a line with what Prometheus's /api/v1/query or \
            /api/v1/query_range would answer, and the id. A query that fails is an answer too.

            An expression that begins with a dash stands after --.
            """,
        examples: [
            Command.Example(line: "medic query 'up == 0'", explanation: "ask the agent which targets are down"),
            Command.Example(
                line: "medic query --openmetrics samples.om 'sum by (job) (rate(requests_total[5m]))'",
                explanation: "evaluate at the time of the newest sample"
            ),
            Command.Example(
                line: "medic query --openmetrics samples.om --start -6h --format graph 'node_load1'",
                explanation: "draw the last six hours"
            ),
            Command.Example(
                line: "medic query --openmetrics samples.om --batch queries.jsonl",
                explanation: "answer many queries over one file"
            ),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the query, or every line of the batch, was answered"),
            Command.Exit(code: .notFine, meaning: "the file cannot be read, or the query fails"),
            Command.Exit(code: .unreachable, meaning: "there is no agent to ask"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        try check(invocation)
        guard let path = invocation.value(of: openMetrics) else { return try RemoteQuery.run(invocation, console) }
        if invocation.isSet(batch) { return try QueryBatch.run(invocation, path, console) }
        let text = invocation.arguments[0]
        do throws(ParseError) {
            // Before the file is read, which may take a while.
            _ = try parse(text)
        } catch {
            try Problems(console).show(error.diagnostics(in: SourceText(text: text)))
            return .notFine
        }
        guard let file = try SampleFile.open(path, console) else { return .notFine }
        return try answer(text, invocation, file, console)
    }

    /// Combinations that mean nothing are refused before anything is read.
    private static func check(_ invocation: Invocation) throws(UsageError) {
        let command = invocation.command
        if invocation.isSet(openMetrics), let flag = AgentArguments.way.first(where: invocation.isSet) {
            throw UsageError("give either --openmetrics or --\(flag.name)", for: command)
        }
        let isRange = [start, end, step].contains(where: invocation.isSet)
        if invocation.isSet(batch) {
            guard invocation.arguments.isEmpty else {
                throw UsageError("give either an expression or --batch", for: command)
            }
            let shaping = [start, end, step, format].first(where: invocation.isSet)
            if let flag = shaping { throw UsageError("--\(flag.name) has no meaning with --batch", for: command) }
            guard invocation.value(of: batch) != "-" || invocation.value(of: openMetrics) != "-" else {
                throw UsageError("--batch and --openmetrics cannot both read standard input", for: command)
            }
            return
        }
        if invocation.arguments.isEmpty { throw UsageError("EXPR is missing", for: command) }
        if isRange {
            if invocation.isSet(time) {
                throw UsageError("give either --time or --start, --end and --step", for: command)
            }
            if !invocation.isSet(start) { throw UsageError("a range needs --start", for: command) }
        } else if invocation.value(of: format) == "graph" {
            throw UsageError("a graph needs a range: give --start, and --end or --step as you like", for: command)
        }
    }

    private static func answer(
        _ text: String,
        _ invocation: Invocation,
        _ file: SampleFile,
        _ console: Console
    ) throws -> ExitCode {
        let request = QueryRequest(text, try span(invocation, newest: file.newest))
        var desk = QueryDesk(Engine(store: file.store), limit: try TimeLimit.of(invocation))
        let clock = ContinuousClock()
        let begin = clock.now
        do throws(QueryRefusal) {
            let result = try desk.answer(request)
            let duration = clock.now - begin
            try? show(result, request, invocation, console)
            if invocation.isSet(stats) { try? console.writeError(QueryStatistics.text(file, result, duration)) }
            return .fine
        } catch {
            try? console.writeError("medic: \(error.message)")
            return .notFine
        }
    }

    static func span(_ invocation: Invocation, newest: Timestamp) throws(UsageError) -> QueryRequest.Span {
        let command = invocation.command
        func moment(_ flag: Flag) throws(UsageError) -> Timestamp? {
            guard let text = invocation.value(of: flag) else { return nil }
            return try MomentArgument.parse(text, of: flag, from: newest, for: command)
        }
        guard let first = try moment(start) else { return .instant(try moment(time) ?? newest) }
        let last = try moment(end) ?? newest
        guard first <= last else { throw UsageError("--end lies before --start", for: command) }
        guard let text = invocation.value(of: step) else {
            return .range(start: first, end: last, step: ChosenStep.of(last - first))
        }
        return .range(start: first, end: last, step: try MomentArgument.step(text, of: step, for: command))
    }

    private static func show(
        _ result: QueryResult,
        _ request: QueryRequest,
        _ invocation: Invocation,
        _ console: Console
    ) throws {
        if invocation.value(of: format) == "json" {
            var writer = JSONWriter()
            writer.object { $0.members(of: result, query: request.text, time: request.span.end) }
            try console.writeLine(writer.text)
            return
        }
        try show(result.value, request.span, invocation, console)
        for annotation in result.annotations {
            let style = annotation.kind == .warning ? "warning" : "info"
            try console.writeError("\(style): \(annotation.message)")
        }
    }

    /// Shows an answer in the form asked for, which is not JSON.
    static func show(
        _ value: QueryValue,
        _ span: QueryRequest.Span,
        _ invocation: Invocation,
        _ console: Console
    ) throws {
        switch invocation.value(of: format) ?? "table" {
        case "csv": try console.write(AnswerCSV.text(of: value, time: span.end))
        case "graph":
            if case .matrix(let series) = value {
                let graph = Graph(terminal: console.output, start: span.start, end: span.end)
                try console.write(graph.text(of: series))
            }
        default: try console.write(AnswerTable(terminal: console.output, reference: span.end).text(of: value))
        }
    }
}

extension QueryRequest.Span {
    var start: Timestamp {
        switch self {
        case .instant(let time): time
        case .range(let start, _, _): start
        }
    }

    var end: Timestamp {
        switch self {
        case .instant(let time): time
        case .range(_, let end, _): end
        }
    }
}

/// Steps that people would choose.
enum ChosenStep {
    private static let seconds: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400,
    ]

    /// The shortest that gives at most 250 steps, or whole days.
    static func of(_ span: Milliseconds) -> Milliseconds {
        let needed = span.rawValue / 250_000
        if let step = seconds.first(where: { $0 >= needed }) { return .seconds(step) }
        return .days((needed + 86_399) / 86_400)
    }
}
