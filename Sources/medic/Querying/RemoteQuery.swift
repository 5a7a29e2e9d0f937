import Answers
import Diagnostics
import Files
import JSON
import Metrics
import PromQL

/// `medic query` asked of an agent or a Prometheus.
enum RemoteQuery {
    static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let timeout = try invocation.value(of: QueryCommand.timeout).map { text throws(UsageError) in
            try MomentArgument.step(text, of: QueryCommand.timeout, for: invocation.command)
        }
        let address = try AgentArguments.address(invocation)
        if invocation.isSet(QueryCommand.batch) { return try batch(invocation, timeout, console) }
        let text = invocation.arguments[0]
        // Somebody else's Prometheus may know more functions than medic; the agent does not.
        if case .socket = address,
            case .failure(let error) = Result(catching: { () throws(ParseError) in try parse(text) })
        {
            try Problems(console).show(error.diagnostics(in: SourceText(text: text)))
            return .notFine
        }
        return try answer(text, invocation, timeout, console)
    }

    private static func answer(
        _ text: String,
        _ invocation: Invocation,
        _ timeout: Milliseconds?,
        _ console: Console
    ) throws -> ExitCode {
        let now = WallClock.now()
        let span = try QueryCommand.span(invocation, newest: now)
        // Whoever is asked knows its own now best.
        let isNow = span == .instant(now)
        let client = try AgentArguments.client(invocation)
        let clock = ContinuousClock()
        let begin = clock.now
        let result = try client.query(text, isNow ? nil : span, timeout: timeout)
        let duration = clock.now - begin
        if invocation.value(of: QueryCommand.format) == "json" {
            try console.write(result.body)
            if result.body.last != UInt8(ascii: "\n") { try console.write("\n") }
        } else {
            try QueryCommand.show(result.value, span, invocation, console)
            for warning in result.warnings { try console.writeError("warning: \(warning.onOneLine)") }
            for info in result.infos { try console.writeError("info: \(info.onOneLine)") }
        }
        if invocation.isSet(QueryCommand.stats) {
            let took = Took.text(seconds: duration / .seconds(1))
            try console.writeError("\(client.address) answered \(result.body.count) bytes in \(took)")
        }
        return .fine
    }

    /// A line in, the answer of the agent out.
    private static func batch(
        _ invocation: Invocation,
        _ timeout: Milliseconds?,
        _ console: Console
    ) throws -> ExitCode {
        let now = WallClock.now()
        let time = try invocation.value(of: QueryCommand.time).map { text throws(UsageError) in
            try MomentArgument.parse(text, of: QueryCommand.time, from: now, for: invocation.command)
        }
        let client = try AgentArguments.client(invocation)
        let queries = invocation.value(of: QueryCommand.batch) ?? "-"
        var stream = queries == "-" ? ByteStream.standardInput() : try ByteStream(queries)
        while let line = try stream.nextLine() {
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
                continue
            }
            let batch = BatchRequest(line, defaultTime: time ?? WallClock.now())
            var writer = JSONWriter()
            switch batch.request {
            case .failure(let refusal):
                writer.object { writer in
                    writer.member("id") { $0.value(batch.id) }
                    writer.members(of: refusal)
                }
            case .success(let request):
                let answer = try client.ask(request.text, request.span, timeout: timeout)
                guard let tree = try? JSONValue(parsing: answer.body, repeatedNames: .lastCounts),
                    let object = tree.object
                else { throw AgentFailure.notUnderstood("\(client.address) answers a query with what is no JSON") }
                let members = [JSONObject.Member(name: "id", value: batch.id)] + object.members
                writer.value(.object(JSONObject(members)))
            }
            try console.write(writer.takeBytes() + [UInt8(ascii: "\n")])
        }
        return .fine
    }
}
