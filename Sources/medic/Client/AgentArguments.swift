import Metrics

/// The flags that all commands share that ask an agent.
enum AgentArguments {
    static let socket = Flag.file("socket", "the agent's unix socket; default: \(AgentAddress.standardSocket)")
    static let url = Flag.text("url", "URL", "ask over HTTP instead: http://127.0.0.1:9120")
    static let tokenFile = Flag.file("token-file", "send the token in this file along")
    static let json = Flag.on("json", "write JSON")
    static let watch = Flag.on("watch", short: "w", "show it again and again, until Ctrl-C")
    static let every = Flag.text("every", "DURATION", "how often with --watch; default: 2s")

    /// How an agent is found.
    static let way = [socket, url, tokenFile]
    /// The same, with the forms that lists have.
    static let list = [json, watch, every] + way

    static let unreachable = Command.Exit(
        code: .unreachable,
        meaning: "no agent can be reached, or it may not be asked"
    )

    static func address(_ invocation: Invocation) throws(UsageError) -> AgentAddress {
        if let url = invocation.value(of: url) {
            guard !invocation.isSet(socket) else {
                throw UsageError("give either --socket or --url", for: invocation.command)
            }
            return .url(url)
        }
        return .socket(invocation.value(of: socket) ?? Places.runningSocket)
    }

    static func client(_ invocation: Invocation) throws -> AgentClient {
        try AgentClient(try address(invocation), tokenFile: invocation.value(of: tokenFile))
    }

    static func interval(_ invocation: Invocation) throws(UsageError) -> Milliseconds {
        guard let text = invocation.value(of: every) else { return .seconds(2) }
        guard invocation.isSet(watch) else {
            throw UsageError("--every has a meaning only with --watch", for: invocation.command)
        }
        let span = try MomentArgument.step(text, of: every, for: invocation.command)
        guard span >= Milliseconds(100) else {
            throw UsageError("--every is at least 100ms", for: invocation.command)
        }
        return span
    }

    /// Conditions on labels from the words of a command line; a bare word is a condition on the label of that name.
    static func matchers(
        _ words: some Sequence<String>,
        bareWord label: String,
        _ command: Command
    ) throws(UsageError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        for word in words {
            guard word.utf8.contains(where: { "=!~{".utf8.contains($0) }) else {
                matchers.append(LabelMatcher(label, equals: word))
                continue
            }
            do throws(MatcherListError) {
                matchers += try LabelMatcher.list(word)
            } catch {
                let help = error.help.map { "; \($0)" } ?? ""
                throw UsageError("'\(word)' is no condition on labels: \(error.message)\(help)", for: command)
            }
        }
        return matchers
    }
}
