import Glibc
import JSON
import Metrics

/// `medic silence add`
enum SilenceAddCommand {
    static let duration = Flag(
        name: "duration",
        short: "d",
        value: Flag.Value(placeholder: "DURATION", kind: .text),
        summary: "how long it holds; default: 1h"
    )
    static let start = Flag.text("start", "TIME", "when it begins to hold; default: now")
    static let end = Flag.text("end", "TIME", "when it ends, instead of --duration")
    static let author = Flag(
        name: "author",
        short: "a",
        value: Flag.Value(placeholder: "NAME", kind: .text),
        summary: "who wants it; default: you"
    )
    static let comment = Flag(
        name: "comment",
        short: "c",
        value: Flag.Value(placeholder: "TEXT", kind: .text),
        summary: "why; whoever wonders about the silence reads this"
    )
    static let endsWithAlerts = Flag.on("ends-with-alerts", "end it by itself once none of its alerts fires any more")

    static let command = Command(
        path: ["silence", "add"],
        summary: "keep some alerts from being told for a while",
        arguments: [
            Argument(
                placeholder: "MATCHER",
                summary: "a condition such as severity=warning or job=~\"api|web\"; a bare word is an alert's name",
                isRepeated: true
            )
        ],
        flags: [duration, start, end, author, comment, endsWithAlerts, AgentArguments.json] + AgentArguments.way,
        details: """
            Several conditions must all hold. The alerts still fire, are shown and are healed: only nobody is told. Prints the id of \
            the silence.

            \(MomentArgument.help)
            """,
        examples: [
            Command.Example(
                line: "medic silence add DiskFillsUp instance=db1 -d 2h -c 'the disk is being replaced'",
                explanation: "two quiet hours for one disk"
            ),
            Command.Example(
                line: "medic silence add job=batch --ends-with-alerts -d 1d -c 'known, see issue 12'",
                explanation: "quiet until it is over; the next time is told again"
            ),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the silence holds, or will"),
            Command.Exit(code: .notFine, meaning: "the agent did not take it"), AgentArguments.unreachable,
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let matchers = try AgentArguments.matchers(
            invocation.arguments,
            bareWord: "alertname",
            invocation.command
        )
        guard let comment = invocation.value(of: comment), !comment.isEmpty else {
            throw UsageError("--comment says why, and must be given", for: invocation.command)
        }
        let span = try span(invocation)
        let body = JSONValue.object(
            JSONObject(
                [
                    .init(name: "matchers", value: .array(matchers.map(\.tree))),
                    .init(name: "startsAt", value: .string(span.start.rfc3339Text)),
                    .init(name: "endsAt", value: .string(span.end.rfc3339Text)),
                    .init(
                        name: "createdBy",
                        value: .string(invocation.value(of: author) ?? HostGroups.ownUser)
                    ),
                    .init(name: "comment", value: .string(comment)),
                ]
                    + (invocation.isSet(endsWithAlerts)
                        ? [.init(name: "endsWithAlerts", value: .boolean(true))] : [])
            )
        )
        let id = try AgentArguments.client(invocation).addSilence(body)
        if invocation.isSet(AgentArguments.json) {
            var writer = JSONWriter()
            writer.object { $0.member("silenceID", id) }
            try console.writeLine(writer.text)
        } else {
            try console.writeLine(id)
        }
        return .fine
    }

    private static func span(_ invocation: Invocation) throws(UsageError) -> (start: Timestamp, end: Timestamp) {
        let now = WallClock.now()
        func moment(_ flag: Flag) throws(UsageError) -> Timestamp? {
            guard let text = invocation.value(of: flag) else { return nil }
            return try MomentArgument.parse(text, of: flag, from: now, for: invocation.command)
        }
        let begin = try moment(start) ?? now
        if let end = try moment(end) {
            guard !invocation.isSet(duration) else {
                throw UsageError("give either --end or --duration", for: invocation.command)
            }
            guard end > begin else { throw UsageError("--end must come after the begin", for: invocation.command) }
            return (begin, end)
        }
        guard let text = invocation.value(of: duration) else { return (begin, begin + .hours(1)) }
        return (begin, begin + (try MomentArgument.step(text, of: duration, for: invocation.command)))
    }
}

extension LabelMatcher {
    /// The matcher as Alertmanager's API takes it.
    fileprivate var tree: JSONValue {
        [
            "name": .string(name), "value": .string(value),
            "isRegex": .boolean(operation == .matches || operation == .notMatches),
            "isEqual": .boolean(operation == .equal || operation == .matches),
        ]
    }
}
