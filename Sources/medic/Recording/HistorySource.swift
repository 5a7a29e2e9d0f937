import Actions
import Diagnostics
import Files
import Glibc
import History
import Metrics

/// Where the record is read from: a database file, or an agent.
protocol HistorySource {
    func records(_ filter: HistoryFilter, limit: Int, after: HistoryCursor?) throws -> HistoryPage<StoredRecord>
    func records(writtenAfter id: Int64, _ filter: HistoryFilter) throws -> [StoredRecord]
    func newestRecord() throws -> Int64
    func runs(_ filter: HistoryFilter, _ state: HistoryReader.RunState?, limit: Int, after: HistoryCursor?) throws
        -> HistoryPage<RunEntry>
    /// The run of that number, or those whose number begins so.
    func runs(named id: String) throws -> [RunEntry]
    func steps(of run: String) throws -> [StepEntry]
    /// What the run's steps have kept, each with its beginning.
    func evidence(of run: String) throws -> [KeptEvidence]
    /// Where that is, as the end of a sentence; empty where it goes without saying.
    var place: String { get }
}

/// A file that a step has kept for people.
struct KeptEvidence {
    let step: Int
    let name: String
    let bytes: Int
    /// Nil where it is no text.
    let text: String?
    let isCut: Bool

    /// As much of each file is shown.
    static let textBytesMax = 8 << 10
}

extension HistoryArchive: HistorySource {
    var place: String { " in \(path.onOneLine)" }

    func records(_ filter: HistoryFilter, limit: Int, after: HistoryCursor?) throws -> HistoryPage<StoredRecord> {
        try read { reader throws(HistoryError) in try reader.records(filter, limit: limit, after: after) }
    }

    func records(writtenAfter id: Int64, _ filter: HistoryFilter) throws -> [StoredRecord] {
        try read { reader throws(HistoryError) in try reader.records(writtenAfter: id, filter) }
    }

    func newestRecord() throws -> Int64 {
        try read { reader throws(HistoryError) in try reader.newestRecord() }
    }

    func runs(
        _ filter: HistoryFilter,
        _ state: HistoryReader.RunState?,
        limit: Int,
        after: HistoryCursor?
    ) throws -> HistoryPage<RunEntry> {
        try read { reader throws(HistoryError) in try reader.runs(filter, state, limit: limit, after: after) }
    }

    func runs(named id: String) throws -> [RunEntry] {
        try read { reader throws(HistoryError) in
            if let run = try reader.run(id) { return [run] }
            return try reader.runs(beginning: id)
        }
    }

    func steps(of run: String) throws -> [StepEntry] {
        try read { reader throws(HistoryError) in try reader.steps(of: run) }
    }

    /// It lies in the agent's data folder, which is where the record is.
    func evidence(of run: String) throws -> [KeptEvidence] {
        let bundle = EvidenceBundle(folder: FileSystem.parent(of: path), run: run)
        return bundle.items().map { item in
            let found = bundle.text(step: item.step, name: item.name, limit: KeptEvidence.textBytesMax)
            return KeptEvidence(
                step: item.step,
                name: item.name,
                bytes: item.bytes,
                text: found?.text,
                isCut: found?.isCut ?? (item.bytes > 0)
            )
        }
    }
}

/// The flags that `history`, `runs` and `run-log` share.
enum HistoryArguments {
    static let database = Flag.file("database", "read this history rather than ask the agent")
    static let since = Flag.text("since", "TIME", "only what happened from then on")
    static let until = Flag.text("until", "TIME", "only what happened before")
    static let alert = Flag.text("alert", "NAME", "only of this alert")
    static let playbook = Flag.text("playbook", "NAME", "only of this playbook")
    static let unit = Flag.text("unit", "UNIT", "only of this unit")
    static let text = Flag.text("text", "WORDS", "only what contains these words, whatever their case")
    static let limit = Flag.text("limit", "COUNT", "show at most so many; default: 100")
    static let after = Flag.text("after", "PLACE", "go on from the place at which the last list ended")
    static let follow = Flag.on("follow", short: "f", "go on and show what happens")
    static let json = Flag.on("json", "write JSON")

    static let help = """
        Times are how long ago (1h, 3d), RFC 3339 (2026-03-01T12:00:00Z), seconds since the epoch (1772366400.5) or 'now'.
        """

    /// The file that is named; the agent that is named; or else the agent of this host, and where none answers the file that the last
    /// one has left.
    static func source(_ invocation: Invocation) throws -> any HistorySource {
        if let path = invocation.value(of: database) { return HistoryArchive(path: path) }
        let namesAgent = invocation.isSet(AgentArguments.socket) || invocation.isSet(AgentArguments.url)
        if !namesAgent, !(try answers(invocation)) {
            guard Places.exists(Places.history) else {
                throw AgentFailure.unreachable(
                    """
                    no agent runs here, and none has left a history in \(Places.history). 'medic run' starts one, \
                    --socket PATH and --url URL name another, and --database FILE names a history.
                    """
                )
            }
            return HistoryArchive(path: Places.history)
        }
        return AgentHistory(client: try AgentArguments.client(invocation))
    }

    /// Whether the agent of this host is to be asked. Where its file may be read, one that hangs or has ended is not.
    private static func answers(_ invocation: Invocation) throws -> Bool {
        guard Places.exists(Places.runningSocket) else { return false }
        // Looks with the rights of this process and changes nothing.
        guard unsafe access(Places.history, R_OK) == 0 else { return true }
        let client = try AgentArguments.client(invocation)
        do throws(AgentFailure) {
            return try client.health() != nil
        } catch {
            return false
        }
    }

    static func filter(_ invocation: Invocation) throws(UsageError) -> HistoryFilter {
        HistoryFilter(
            since: try moment(since, invocation),
            until: try moment(until, invocation),
            alert: invocation.value(of: alert),
            playbook: invocation.value(of: playbook),
            unit: invocation.value(of: unit),
            text: invocation.value(of: text)
        )
    }

    private static func moment(_ flag: Flag, _ invocation: Invocation) throws(UsageError) -> Timestamp? {
        guard let text = invocation.value(of: flag) else { return nil }
        return try MomentArgument.parse(text, of: flag, from: WallClock.now(), for: invocation.command)
    }

    static func limit(_ invocation: Invocation) throws(UsageError) -> Int {
        guard let text = invocation.value(of: limit) else { return 100 }
        guard let count = Int(text), 1...HistoryReader.limitMax ~= count else {
            let bounds = "a whole number from 1 to \(HistoryReader.limitMax)"
            throw UsageError("--limit: '\(text)' is not \(bounds)", for: invocation.command)
        }
        return count
    }

    static func cursor(_ invocation: Invocation) throws(UsageError) -> HistoryCursor? {
        guard let text = invocation.value(of: after) else { return nil }
        guard let cursor = HistoryCursor(text) else {
            throw UsageError(
                "--after: '\(text)' is no place; give what the last list ended with",
                for: invocation.command
            )
        }
        return cursor
    }

    /// Writes a page as it is wanted, and how to go on where there is more.
    static func show<Element>(
        _ page: HistoryPage<Element>,
        of source: any HistorySource,
        _ json: (HistoryPage<Element>) -> String,
        _ table: (HistoryText, [Element]) -> String,
        _ invocation: Invocation,
        _ console: Console
    ) throws {
        if invocation.isSet(Self.json) { return try console.writeLine(json(page)) }
        if page.elements.isEmpty { return try console.writeError("nothing matches\(source.place)") }
        try console.write(table(HistoryText(terminal: console.output), page.elements))
        if let next = page.next { try console.writeError("there is more: --after \(next)") }
    }

    /// Waits until it is worth looking again.
    static func rest() {
        // Without descriptors this only waits.
        _ = poll(nil, 0, 250)
    }
}
