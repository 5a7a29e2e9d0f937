import History

/// `medic history`
enum HistoryCommand {
    static let kind = Flag(
        name: "kind",
        value: Flag.Value(
            placeholder: "KIND",
            kind: .choice(HistoryRecord.Kind.allCases.map(\.rawValue))
        ),
        summary: "only of this kind: \(HistoryRecord.Kind.allCases.map(\.rawValue).joined(separator: ", "))",
        isRepeated: true
    )

    static let command = Command(
        path: ["history"],
        summary: "tell what happened",
        flags: [
            HistoryArguments.since, HistoryArguments.until, HistoryArguments.alert, HistoryArguments.playbook,
            HistoryArguments.unit, kind, HistoryArguments.text, HistoryArguments.limit, HistoryArguments.after,
            HistoryArguments.follow, HistoryArguments.database, HistoryArguments.json,
        ] + AgentArguments.way,
        details: HistoryArguments.help,
        examples: [
            Command.Example(line: "medic history --since 1h", explanation: "the last hour, the newest first"),
            Command.Example(
                line: "medic history --kind verdict --playbook restart-api",
                explanation: "why a playbook ran or did not"
            ),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the record was read, also when nothing matches"),
            Command.Exit(code: .notFine, meaning: "there is no history, or it cannot be read"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        guard invocation.arguments.isEmpty else {
            throw UsageError("'\(invocation.arguments[0])' is too much", for: invocation.command)
        }
        let source = try HistoryArguments.source(invocation)
        var filter = try HistoryArguments.filter(invocation)
        filter.kinds = invocation.values(of: kind).compactMap(HistoryRecord.Kind.init(rawValue:))
        let limit = try HistoryArguments.limit(invocation)
        let cursor = try HistoryArguments.cursor(invocation)
        if invocation.isSet(HistoryArguments.follow) {
            if cursor != nil { throw UsageError("give either --after or --follow", for: invocation.command) }
            try follow(source, filter, limit, invocation, console)
        }
        let page = try source.records(filter, limit: limit, after: cursor)
        try HistoryArguments.show(page, of: source, HistoryJSON.text(of:), { $0.table(of: $1) }, invocation, console)
        return .fine
    }

    /// Shows the newest, the last at the end, and then what comes, until somebody ends it.
    private static func follow(
        _ source: any HistorySource,
        _ filter: HistoryFilter,
        _ limit: Int,
        _ invocation: Invocation,
        _ console: Console
    ) throws -> Never {
        let text = HistoryText(terminal: console.output)
        func show(_ stored: StoredRecord) throws {
            let isJSON = invocation.isSet(HistoryArguments.json)
            try console.writeLine(isJSON ? HistoryJSON.text(of: stored) : text.line(of: stored.record))
        }
        // Asked for first: what is written in between is shown rather than missed, and then left out of the rest.
        var newest = try source.newestRecord()
        let first = try source.records(filter, limit: min(limit, 10), after: nil).elements.filter { $0.id <= newest }
        for stored in first.reversed() { try show(stored) }
        while true {
            let more = try source.records(writtenAfter: newest, filter)
            for stored in more { try show(stored) }
            newest = more.last?.id ?? newest
            if more.isEmpty { HistoryArguments.rest() }
        }
    }
}
