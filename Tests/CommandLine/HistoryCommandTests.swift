import Foundation
import History
import Instruments
import JSON
import Logging
import Metrics
import Testing

/// The commands that read the record, against a database that the history room wrote.
@Suite struct HistoryCommandTests {
    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: 1_767_225_600_000 + seconds * 1_000)
    }

    private static func store(_ path: String) throws -> HistoryStore {
        try HistoryStore.open(
            .init(path: path),
            log: Logger(.discarding(), component: "history"),
            instruments: Instruments()
        ) { time(0) }
    }

    private static let changes: [HistoryChange] = {
        var fired = HistoryRecord(at: time(1), kind: .transition, name: "firing", alert: "ServiceDown")
        (fired.unit, fired.text) = ("api.service", "ServiceDown fires for a\u{1B}[31m\nhost")
        var verdict = HistoryRecord(at: time(2), kind: .verdict, name: "cooldown", playbook: "restart-api", run: "r-1")
        (verdict.text, verdict.alert) = ("no run in the last 10m", "ServiceDown")
        let run = RunEntry(
            id: "r-1",
            playbook: "restart-api",
            subject: "{instance=\"a\"}",
            alert: "ServiceDown",
            unit: "api.service",
            state: "healed",
            opened: time(2),
            ended: time(7),
            text: "the alert stopped being true"
        )
        let open = RunEntry(id: "r-2", playbook: "clean", subject: "{}", state: "running", opened: time(9))
        return [
            .record(fired), .record(verdict), .run(run), .run(open),
            .intent(StepIntent(run: "r-1", step: 0, attempt: 1, action: "systemd.restart", at: time(3))),
            .outcome(
                StepOutcome(
                    run: "r-1",
                    step: 0,
                    attempt: 1,
                    at: time(4),
                    result: "succeeded",
                    payload: ["message": "restarted api.service"]
                )
            ),
            .intent(StepIntent(run: "r-1", step: 1, attempt: 1, action: "wait.for", at: time(5))),
        ]
    }()

    /// Runs the command with `history.db` beside it.
    private func medic(_ arguments: String, before: String = "", after: String = "") throws -> Scenario.Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("medic-record-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("history.db").path
        let store = try Self.store(path)
        try store.submitAndWait(Self.changes)
        let database = "--database \(path)"
        return try Scenario(name: "history", text: "x\n$ \(before) medic \(arguments) \(database) \(after)\n").run()
    }

    @Test func `The record is shown newest first, and nothing in it reaches the terminal`() throws {
        let outcome = try medic("history")
        #expect(
            outcome.stdout == """
                TIME                  KIND        WHAT      ABOUT
                2026-01-01T00:00:02Z  verdict     cooldown  ServiceDown  no run in the last 10m
                2026-01-01T00:00:01Z  transition  firing    ServiceDown  ServiceDown fires for a\u{FFFD}[31m host

                """
        )
        #expect(outcome.stderr.isEmpty && outcome.exit == 0)
    }

    @Test func `The record is told to machines, in parts`() throws {
        let outcome = try medic("history --json --limit 1 --kind verdict --kind transition")
        #expect(
            outcome.stdout == """
                {"records":[{"id":2,"at":"2026-01-01T00:00:02Z","kind":"verdict","name":"cooldown","alert":"ServiceDown",\
                "playbook":"restart-api","run":"r-1","text":"no run in the last 10m","details":null}],\
                "next":"1767225602000-2"}

                """
        )
        let rest = try medic("history --json --after 1767225602000-2 --unit api.service")
        #expect(rest.stdout.contains("\"id\":1") && !rest.stdout.contains("\"id\":2"))
        #expect(!rest.stdout.contains("next"))
    }

    @Test(arguments: [
        ("--since 2026-01-01T00:00:02Z", 1), ("--until 2026-01-01T00:00:02Z", 1), ("--since 1h", 0),
        ("--alert ServiceDown", 2), ("--playbook restart-api", 1), ("--unit api.service", 1), ("--kind act", 0),
        ("--text COOLDOWN", 1),
    ])
    func `Every flag narrows it`(flags: String, count: Int) throws {
        let outcome = try medic("history \(flags)")
        #expect(outcome.exit == 0)
        #expect(outcome.stdout.split(separator: "\n").dropFirst().count == count)
        #expect(outcome.stderr.hasPrefix("nothing matches") == (count == 0))
    }

    @Test func `Runs are listed`() throws {
        let outcome = try medic("runs")
        #expect(
            outcome.stdout == """
                RUN  OPENED                TOOK  STATE    PLAYBOOK     SUBJECT
                r-2  2026-01-01T00:00:09Z  open  running  clean        {}
                r-1  2026-01-01T00:00:02Z  5s    healed   restart-api  {instance="a"}

                """
        )
        #expect(try medic("runs --state open --json").stdout.contains("\"id\":\"r-2\""))
        #expect(try medic("runs --state healed").stdout.split(separator: "\n").count == 2)
    }

    @Test func `A run is shown with its steps and its guards`() throws {
        let outcome = try medic("run-log r-1 --follow")
        #expect(
            outcome.stdout == """
                restart-api on {instance="a"}
                run       r-1
                alert     ServiceDown
                state     healed: the alert stopped being true
                opened    2026-01-01T00:00:02Z
                ended     2026-01-01T00:00:07Z, after 5s

                STEP  TRY  BEGAN  ACTION           RESULT     TOOK
                0     1    +1s    systemd.restart  succeeded  1s    restarted api.service
                1     1    +3s    wait.for         unknown

                2026-01-01T00:00:02Z  verdict  cooldown  ServiceDown  no run in the last 10m

                """
        )
        let json = try JSONValue(parsing: Array(try medic("run-log r-1 --json").stdout.utf8))
        #expect(json["steps"]?.array?.count == 2)
        #expect(json["records"]?.array?.count == 1)
    }

    @Test func `What cannot be found or read is told`() throws {
        #expect(try medic("run-log zzz") == .init(stdout: "", stderr: "medic: there is no run 'zzz'\n", exit: 1))
        #expect(try medic("run-log r-").stderr == "medic: more than one run begins with 'r-': r-2, r-1\n")
        #expect(try medic("history --limit none").exit == 2)
        #expect(try medic("history --after x").exit == 2)
        let missing = try Scenario(name: "x", text: "x\n$ medic history --database none.db\n").run()
        #expect(
            missing
                == .init(
                    stdout: "",
                    stderr: "medic: history: cannot inspect none.db: No such file or directory\n",
                    exit: 1
                )
        )
    }

    @Test func `What happens is shown as it happens`() throws {
        let followed = try medic("history --json --kind verdict --follow", before: "timeout 1", after: "|| true")
        #expect(followed.stdout.contains("\"cooldown\""))
        #expect(followed.stderr.isEmpty && followed.exit == 0)
    }
}
