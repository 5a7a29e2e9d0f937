import JSON
import Metrics
import Terminal

/// A command that asks an agent for something and shows it: once or again and again, for people or for machines.
struct AgentVerb<Report> {
    let invocation: Invocation
    let console: Console
    let fetch: (AgentClient) throws -> Report
    let text: (Report, Terminal) -> String
    let json: (Report, inout JSONWriter) -> Void
    var exit: (Report) -> ExitCode = { _ in .fine }

    func run() throws -> ExitCode {
        let interval = try AgentArguments.interval(invocation)
        let isWatching = invocation.isSet(AgentArguments.watch)
        if isWatching, invocation.isSet(AgentArguments.json) {
            throw UsageError("give either --json or --watch", for: invocation.command)
        }
        // Before there is a second thread, which would still be ended by a signal.
        if isWatching { Watch.prepare() }
        let client = try AgentArguments.client(invocation)
        if isWatching {
            return try Watch(client.loop, console, every: interval).run { terminal in
                text(try fetch(client), terminal)
            }
        }
        let report = try fetch(client)
        if invocation.isSet(AgentArguments.json) {
            var writer = JSONWriter()
            json(report, &writer)
            try console.writeLine(writer.text)
        } else {
            try console.write(text(report, console.output))
        }
        return exit(report)
    }
}
