import EventLoop
import History
import JSON
import Metrics
import Terminal

/// The play: one illness after the other, and what the record says of each, as it is written.
struct DemoPlay {
    private let files: DemoFiles
    private let keeper: PatientKeeper
    private let console: Console
    private let history: HistoryArchive
    private let began = WallClock.now()

    /// So long the patient may take to be seen for the first time, and an illness to be healed.
    private static let patience = Milliseconds.seconds(30)

    init(_ files: DemoFiles, _ keeper: PatientKeeper, _ console: Console) {
        self.files = files
        self.keeper = keeper
        self.console = console
        history = HistoryArchive(path: files.history)
    }

    /// Whether everything was healed.
    func run(page: String) throws -> Bool {
        let terminal = console.output
        try console.writeLine("page    \(terminal.styled(page, .cyan))")
        try console.writeLine("folder  \(files.folder)")
        try tell("watches", .faint, "a patient that answers requests and works off a queue, once a second")
        guard try waitForPatient() else {
            try tell("failed", .red, "the patient is not seen")
            return false
        }
        var newest = try history.newestRecord()
        var healed = 0
        for illness in Illness.allCases {
            try console.writeLine("")
            try tell("harm", .magenta, illness.harm)
            try illness.inflict(on: files, keeper)
            if try follow(illness, &newest) { healed += 1 }
        }
        let count = Illness.allCases.count
        let seconds = (WallClock.now() - began).rawValue / 1_000
        let rest = healed == count ? "nobody was woken" : "look at \(files.folder) with --stay"
        let words = "\(healed) of \(count) illnesses healed in \(seconds) seconds; \(rest)"
        try console.writeLine("")
        try tell(healed == count ? "well" : "failed", healed == count ? .green : .red, words)
        return healed == count
    }

    /// Until there is a second of data more than the rules look back.
    private func waitForPatient() throws -> Bool {
        let client = try AgentClient(.socket(files.socket))
        let deadline = WallClock.now() + Self.patience
        while WallClock.now() < deadline {
            let answer = try? client.get(
                "/api/v1/query",
                [("query", "count_over_time(patient_queue_entries[10s]) > 6 and patient_queue_entries < 20")]
            )
            if let found = answer?["result"]?.array, !found.isEmpty { return true }
            HistoryArguments.rest()
        }
        return false
    }

    /// Tells what is recorded until the run for the illness has ended; whether it healed.
    private func follow(_ illness: Illness, _ newest: inout Int64) throws -> Bool {
        let deadline = WallClock.now() + Self.patience
        var run: String?
        var isOver = false
        while true {
            let more = try history.records(writtenAfter: newest, HistoryFilter())
            for stored in more {
                newest = stored.id
                if stored.record.playbook == illness.playbook { run = stored.record.run ?? run }
                try tell(stored.record)
            }
            // Once more after the end: what was written along with it.
            if isOver && more.isEmpty { break }
            if let run, let entry = try history.runs(named: run).first, entry.ended != nil { isOver = true }
            guard WallClock.now() < deadline else {
                try tell("failed", .red, "it was not healed in \(Self.patience.promQLText)")
                return false
            }
            HistoryArguments.rest()
        }
        guard let run, let entry = try history.runs(named: run).first else { return false }
        return entry.state == "healed"
    }

    private func tell(_ record: HistoryRecord) throws {
        switch record.kind {
        case .transition where record.name == "firing":
            let summary = record.payload["annotations"]?["summary"]?.string ?? ""
            try tell("saw", .yellow, "\(record.alert ?? ""): \(summary)", at: record.at)
        case .transition where record.name == "resolved":
            try tell("saw", .faint, "\(record.alert ?? "") is resolved", at: record.at)
        case .run where record.name == "running":
            try tell("decided", .blue, try decision(record), at: record.at)
        case .run where record.name == "healed":
            try tell("healed", .green, record.text, at: record.at)
        case .run where record.name == "measured":
            try tell("verified", .faint, record.text, at: record.at)
        case .run where ["unhealed", "inconclusive", "blocked"].contains(record.name):
            try tell(record.name, .red, record.text, at: record.at)
        case .step: try tell("did", .cyan, try deed(record), at: record.at)
        case .verdict: try tell("guard", .yellow, record.text, at: record.at)
        default: return
        }
    }

    private func decision(_ record: HistoryRecord) throws -> String {
        guard let id = record.run, let run = try history.runs(named: id).first else { return record.text }
        let steps = run.payload["plan"]?["steps"]?.array ?? []
        let sentences = steps.compactMap { $0["sentence"]?.string }
        return "\(run.playbook): \(sentences.joined(separator: "; "))"
    }

    private func deed(_ record: HistoryRecord) throws -> String {
        guard let id = record.run else { return record.text }
        let step = try history.steps(of: id).last { $0.action == record.name && $0.finished != nil }
        guard let step, let finished = step.finished else { return record.text }
        let message = step.outcome["outcome"]?["message"]?.string ?? step.outcome["message"]?.string ?? ""
        let words = message.isEmpty ? record.text : "\(record.name): \(message.onOneLine)"
        return "\(words) (\((finished - step.intended).promQLText))"
    }

    private func tell(_ word: String, _ style: Terminal.Style, _ text: String, at moment: Timestamp? = nil) throws {
        let terminal = console.output
        let span = max(.zero, (moment ?? WallClock.now()) - began).rawValue
        let clock = "\(span / 1_000).\(span / 100 % 10)s"
        let title = terminal.styled(word, style) + String(repeating: " ", count: max(0, 9 - word.count))
        let room = max(20, terminal.width - 18)
        let fitted = terminal.isInteractive ? HelpText.wrapped(text.onOneLine, to: room) : [text.onOneLine]
        let indent = "\n" + String(repeating: " ", count: 18)
        let padding = String(repeating: " ", count: max(0, 6 - clock.count))
        try console.writeLine(
            "\(padding)\(terminal.styled(clock, .faint))  \(title) \(fitted.joined(separator: indent))"
        )
    }
}
