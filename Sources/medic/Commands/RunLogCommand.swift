import History

/// `medic run-log ID`
enum RunLogCommand {
    static let evidence = Flag.on("evidence", "show what the steps have kept, the beginning of each file")

    static let command = Command(
        path: ["run-log"],
        summary: "show one run: its steps, its guards, what became of it",
        arguments: [Argument(placeholder: "ID", summary: "the run's number, or its beginning")],
        flags: [evidence, HistoryArguments.follow, HistoryArguments.database, HistoryArguments.json]
            + AgentArguments.way,
        details: """
            With --follow what happens is shown until the run has ended.
            """,
        examples: [
            Command.Example(line: "medic run-log 17", explanation: "run 17, or the one run whose number begins so"),
            Command.Example(line: "medic run-log 17 --evidence", explanation: "with what its steps have kept"),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the run was found"),
            Command.Exit(
                code: .notFine,
                meaning: "there is no such run, or more than one, or the record cannot be read"
            ),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let source = try HistoryArguments.source(invocation)
        let id = invocation.arguments[0]
        let found = try source.runs(named: id)
        guard let run = found.first, found.count == 1 else {
            let ids = found.map(\.id.onOneLine).joined(separator: ", ")
            let what =
                found.isEmpty
                ? "there is no run '\(id.onOneLine)'" : "more than one run begins with '\(id.onOneLine)': \(ids)"
            try console.writeError("medic: \(what)")
            return .notFine
        }
        let newest = try source.newestRecord()
        let records = try source.records(HistoryFilter(run: run.id), limit: HistoryReader.limitMax, after: nil)
        let known = Array(records.elements.filter { $0.id <= newest }.reversed())
        let steps = try source.steps(of: run.id)
        let kept = try source.evidence(of: run.id)
        if invocation.isSet(HistoryArguments.json) {
            try console.writeLine(HistoryJSON.text(of: run, steps, known, kept))
        } else {
            let text = HistoryText(terminal: console.output)
            try console.write(text.log(of: run, steps, known.map(\.record)))
            try console.write(text.evidence(kept, isWhole: invocation.isSet(evidence)))
        }
        if invocation.isSet(HistoryArguments.follow), run.ended == nil {
            try follow(run, from: newest, source, invocation, console)
        }
        return .fine
    }

    private static func follow(
        _ run: RunEntry,
        from newest: Int64,
        _ source: any HistorySource,
        _ invocation: Invocation,
        _ console: Console
    ) throws {
        let text = HistoryText(terminal: console.output)
        let filter = HistoryFilter(run: run.id)
        var newest = newest
        var isOver = false
        while true {
            let more = try source.records(writtenAfter: newest, filter)
            for stored in more {
                let isJSON = invocation.isSet(HistoryArguments.json)
                try console.writeLine(isJSON ? HistoryJSON.text(of: stored) : text.line(of: stored.record))
            }
            newest = more.last?.id ?? newest
            // Once more after the end: what was written along with it.
            if isOver && more.isEmpty { return }
            isOver = try source.runs(named: run.id).first { $0.id == run.id }?.ended != nil
            if more.isEmpty && !isOver { HistoryArguments.rest() }
        }
    }
}
