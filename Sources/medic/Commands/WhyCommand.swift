import Diagnostics
import JSON
import Metrics

/// `medic why ALERT`
enum WhyCommand {
    static let since = Flag.text(
        "since",
        "DURATION",
        "draw so much of the past; default: twice the rule's for, at least 30m"
    )

    static let command = Command(
        path: ["why"],
        summary: "tell why an alert fires, or why not",
        arguments: [
            Argument(placeholder: "ALERT", summary: "the alert's name"),
            Argument(
                placeholder: "MATCHER",
                summary: "only alerts and series whose labels are so: instance=a",
                isRequired: false,
                isRepeated: true
            ),
        ],
        flags: [since, AgentArguments.json] + AgentArguments.way,
        details: """
            Shows what the rule compares, series by series, and how that went over time; how far an alert is on its way to \
            firing; what the record says of it; and, where the agent tells, where it is sent, what silences it, what keeps \
            playbooks back, and who was told of it: each notification sent, held, muted, inhibited or dropped, and why.
            """,
        examples: [
            Command.Example(
                line: "medic why DiskFillsUp mountpoint=/var",
                explanation: "see how near /var is to the threshold"
            )
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "there is such an alert"),
            Command.Exit(code: .notFine, meaning: "no rule has this name"),
            AgentArguments.unreachable,
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let name = invocation.arguments[0]
        let matchers = try AgentArguments.matchers(
            invocation.arguments.dropFirst(),
            bareWord: "instance",
            invocation.command
        )
        let length = try invocation.value(of: since).map { text throws(UsageError) in
            try MomentArgument.step(text, of: since, for: invocation.command)
        }
        let now = WallClock.now()
        let client = try AgentArguments.client(invocation)
        let groups = try client.rules([("type", "alert"), ("rule_name[]", name)])
        let found = groups.flatMap { group in group.rules.map { (rule: $0, group: group) } }
        guard !found.isEmpty else {
            // Others tell of alerts too.
            if let trail = try WhyReport.trail(of: name, client), !trail.isEmpty {
                try foreign(name, trail, invocation, console, now)
                return .fine
            }
            try console.writeError("medic: \(try stranger(name, client))")
            return .notFine
        }
        var reports: [WhyReport] = []
        for (rule, group) in found {
            reports.append(try WhyReport(rule, of: group, matching: matchers, since: length, now: now, client))
        }
        if invocation.isSet(AgentArguments.json) {
            try console.writeLine(WhyReport.json(reports))
        } else {
            try console.write(WhyScreen(terminal: console.output, now: now).text(reports))
        }
        return .fine
    }

    private static func foreign(
        _ name: String,
        _ trail: [JSONValue],
        _ invocation: Invocation,
        _ console: Console,
        _ now: Timestamp
    ) throws {
        if invocation.isSet(AgentArguments.json) {
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("rules") { $0.value(.array([])) }
                writer.member("trail") { $0.value(.array(trail)) }
            }
            return try console.writeLine(writer.text)
        }
        try console.writeLine("no rule here alerts as '\(name.onOneLine)': others told of it")
        try console.write("\n" + WhyScreen(terminal: console.output, now: now).trail(trail))
    }

    private static func stranger(_ name: String, _ client: AgentClient) throws -> String {
        let rules = try client.rules([("type", "alert")]).flatMap(\.rules)
        if let hint = alert(about: name, among: rules) { return "no rule alerts as '\(name)'; \(hint)" }
        let names = rules.map(\.name)
        let hint =
            nearest(name, in: names).map { "; did you mean '\($0)'?" } ?? "; 'medic rules --type alert' lists them"
        return "no rule alerts as '\(name)'\(hint)"
    }

    /// How to ask about a unit or an instance by the alert that is about it.
    private static func alert(about word: String, among rules: [RuleTold]) -> String? {
        for rule in rules {
            for alert in rule.alerts {
                guard let label = alert.labels.first(where: { $0.value.utf8.elementsEqual(word.utf8) }) else {
                    continue
                }
                return "an alert is about it: medic why \(rule.name) \(label.name)=\(word)"
            }
        }
        return nil
    }
}
