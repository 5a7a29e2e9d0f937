import Foundation
import JSON
import Testing

/// The verbs that ask an agent, against one that runs.
@Suite struct AgentVerbTests {
    private let agent: RunningAgent

    init() throws {
        agent = try RunningAgent.shared.get()
    }

    private func json(_ arguments: String) throws -> JSONValue {
        try JSONValue(parsing: Array(try agent.medic(arguments + " --json").stdout.utf8))
    }

    @Test func `One screen tells what is ill`() throws {
        let outcome = try agent.medic("status")
        #expect(outcome.stdout.hasPrefix("medic 0.1.0 is "))
        #expect(outcome.stdout.contains("2 units (1 failed)"))
        #expect(outcome.stdout.contains("1 unit that has failed"))
        #expect(outcome.stdout.contains(/firing +UnitFailed +critical +(now|\d+m?s ago)/))
        #expect(outcome.stdout.contains(/pending +QueueLong +warning/))
        #expect(outcome.stderr == "" && outcome.exit == 0)
        let tree = try json("status")
        #expect(tree["counts"]?["units"]?.integer == 2)
        #expect(tree["counts"]?["rules"]?.integer == 8)
        #expect(tree["health"]?["status"]?.string != nil)
    }

    @Test func `A unit is told of by its short name`() throws {
        let outcome = try agent.medic("status api")
        #expect(outcome.stdout.contains("● api.service\n  state     failed\n  restarts  3\n"))
        #expect(outcome.stdout.contains("UnitFailed"))
        #expect(outcome.exit == 1)
        let well = try agent.medic("status db.service")
        #expect(well.stdout.contains("state     active") && well.stdout.contains("no alerts"))
        #expect(well.exit == 0)
        let missing = try agent.medic("status nothing")
        #expect(missing.stdout == "the agent sees no unit nothing.service\n" && missing.exit == 1)
    }

    @Test func `Alerts are listed, the worst first`() throws {
        let lines = try agent.medic("alerts").stdout.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].contains(/^STATE +ALERT +SEVERITY +SINCE +VALUE +LABELS$/))
        #expect(lines[1].hasPrefix("firing "))
        #expect(lines[2].contains(/^pending +QueueLong +warning .* 42/))
    }

    @Test(arguments: [
        ("severity=critical", 1), ("UnitFailed", 1), ("'alertname=~\"Q.*|U.*\"'", 2),
        ("'severity!=critical' QueueLong", 1),
        ("--state pending", 1), ("Nothing", 0),
    ])
    func `Conditions narrow the alerts`(arguments: String, count: Int) throws {
        #expect(try json("alerts \(arguments)")["alerts"]?.array?.count == count)
    }

    @Test func `A condition that cannot be read is told of`() throws {
        let outcome = try agent.medic("alerts 'severity=~\"c.*'")
        #expect(outcome.exit == 2)
        #expect(
            outcome.stderr.hasPrefix("medic: 'severity=~\"c.*' is no condition on labels: the quotes are not closed")
        )
    }

    @Test func `Rules are listed with how they do`() throws {
        let text = try agent.medic("rules").stdout
        #expect(text.contains(/records +queue_length +made up +/))
        #expect(text.contains(/firing +UnitFailed +made up +/))
        #expect(text.contains(/quiet +QueueEndless +made up +/))
        #expect(try json("rules --type alert queue")["groups"]?.array?.first?["rules"]?.array?.count == 2)
        #expect(try json("rules --state firing")["groups"]?.array?.first?["rules"]?.array?.count == 1)
        #expect(try agent.medic("rules --state failing").stdout == "no rules\n")
    }

    @Test func `Targets are listed`() throws {
        #expect(try agent.medic("targets").exit == 0)
        #expect(try json("targets --state down")["targets"]?.array != nil)
    }

    @Test func `Units are listed, what has failed first`() throws {
        let lines = try agent.medic("units").stdout.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains(/^failed +api.service +3$/))
        #expect(try json("units 'd*'")["units"]?.array?.first?["name"]?.string == "db.service")
        #expect(try json("units --state failed")["units"]?.array?.count == 1)
    }

    @Test func `Queries are answered by the agent`() throws {
        let table = try agent.medic("query queue_length")
        #expect(table.stdout.contains(/queue_length\S* +42\n/))
        #expect(table.exit == 0)
        let range = try agent.medic("query 'queue_length * 2' --start -5m --step 1s --format csv")
        #expect(range.stdout.hasPrefix("timestamp,value\n") && range.stdout.contains(",84\n"))
        let body = try JSONValue(parsing: Array(try agent.medic("query '1 + 1' --format json").stdout.utf8))
        #expect(body["data"]?["resultType"]?.string == "scalar")
        let failing = try agent.medic("query 'queue_length + on () node_systemd_unit_state'")
        #expect(failing.exit == 1 && failing.stderr.contains("duplicate series"))
        #expect(try agent.medic("query 'sum('").stderr.contains("parse error"))
    }

    @Test func `Batches are answered line by line`() throws {
        let outcome = try agent.medic(
            "query --batch -",
            stdin: """
                {"id": 1, "expr": "queue_length"}
                {"id": "b", "expr": "sum("}

                """
        )
        let lines = try outcome.stdout.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lines.map { $0["id"] } == [1, "b"])
        #expect(lines.map { $0["status"]?.string } == ["success", "error"])
        #expect(lines.first?["data"]?["result"]?.array?.first?["value"]?.array?.last?.string == "42")
        #expect(outcome.exit == 0)
    }

    @Test func `A screen is shown again and again`() throws {
        let outcome = try agent.medic("alerts --watch --every 200ms", after: "& p=$!; sleep 2; kill -INT $p; wait $p")
        #expect(outcome.stdout.matches(of: /every 200ms/).count >= 2)
        #expect(outcome.stdout.matches(of: /firing +UnitFailed/).count >= 2)
        #expect(outcome.exit == 0)
        #expect(try agent.medic("alerts --watch --json").exit == 2)
    }

    @Test func `A reload is all or nothing, and tells what is wrong`() throws {
        let outcome = try agent.medic("reload")
        #expect(outcome == .init(stdout: "the configuration was reloaded\n", stderr: "", exit: 0))
        let other = try RunningAgent(
            rules: "groups: []\n",
            isReady: { agent in
                (try? agent.medic("rules"))?.exit == 0
            }
        )
        try "groups: [{name: x, rules: [{record: a, expr: 'sum('}]}]\n"
            .write(to: other.folder.appendingPathComponent("rules.yml"), atomically: false, encoding: .utf8)
        let refused = try other.medic("reload")
        #expect(refused.exit == 1)
        #expect(refused.stderr.contains("rules.yml:1:") && refused.stderr.contains("parse error"))
        let status = try other.medic("status").stdout
        #expect(status.contains("the last reload failed"))
        #expect(status.contains("configuration is degraded: the last reload failed"))
    }

    @Test func `Why an alert fires is told with what it compares`() throws {
        let outcome = try agent.medic("why QueueLong")
        #expect(outcome.exit == 0)
        #expect(outcome.stdout.hasPrefix("QueueLong is pending\n"))
        #expect(outcome.stdout.contains("queue_length > 40: holds\n  42 > 40?"))
        #expect(outcome.stdout.contains(/\d+m?s of 1h: fires in 59m/))
        #expect(outcome.stdout.contains(/threshold +40\n/))
        #expect(outcome.stdout.contains("made up, every 200ms, evaluated"))
        let prompt = try agent.medic("why QueueGone")
        #expect(prompt.stdout.contains("at once, when its data lands, and at least every 1m, evaluated"))
        let quiet = try agent.medic("why QueueEndless")
        #expect(quiet.stdout.hasPrefix("QueueEndless does not fire\n"))
        #expect(quiet.stdout.contains("queue_length > 4000: does not hold\n  42 > 4000?"))
        #expect(quiet.stdout.contains("vector(1) == 1: holds\n"))
        #expect(quiet.stdout.contains("no alert of it is pending or firing\n"))
        let tree = try json("why UnitFailed name=api.service")
        #expect(tree["rules"]?.array?.first?["alerts"]?.array?.count == 1)
        #expect(try json("why UnitFailed name=db.service")["rules"]?.array?.first?["alerts"]?.array?.count == 0)
    }

    @Test func `An alert that no rule has is told of with the nearest`() throws {
        let outcome = try agent.medic("why QueuLong")
        #expect(outcome.stderr == "medic: no rule alerts as 'QueuLong'; did you mean 'QueueLong'?\n")
        #expect(outcome.exit == 1)
    }

    @Test func `The doctor finds the agent, and what is wrong around it`() throws {
        let data = agent.folder.appendingPathComponent("data").path
        let config = agent.folder.appendingPathComponent("medic.yml").path
        let outcome = try agent.medic("doctor --data \(data) --config \(config)")
        #expect(outcome.stdout.contains(/\nok +history +\S+history.db: .*, sound\n/))
        #expect(outcome.stdout.contains(/ok +configuration +\S+medic.yml\n/))
        #expect(outcome.stdout.contains(/ok +agent +answers on/))
        #expect(outcome.stdout.contains(" clock ") && outcome.stdout.contains(" bus "))
        #expect(!outcome.stdout.contains(" port "))
        try "nonsense: 1\n".write(
            to: agent.folder.appendingPathComponent("bad.yml"),
            atomically: false,
            encoding: .utf8
        )
        let bad = try agent.medic("doctor --data \(data)/none --config \(agent.folder.path)/bad.yml")
        #expect(bad.exit == 1)
        #expect(bad.stdout.contains(/problem +configuration +\S+bad.yml: 1 error\n/))
        #expect(bad.stdout.contains("-> 'medic check config "))
        #expect(bad.stdout.contains(/warning +data folder +there is no/))
        #expect(try json("doctor --data \(data) --config \(config)")["findings"]?.array?.isEmpty == false)
    }

    @Test func `A damaged history is found`() throws {
        let folder = agent.folder.appendingPathComponent("damaged")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try "this is no database, and it is long enough to be one".write(
            to: folder.appendingPathComponent("history.db"),
            atomically: false,
            encoding: .utf8
        )
        let outcome = try agent.medic("doctor --data \(folder.path)")
        #expect(outcome.exit == 1)
        #expect(outcome.stdout.contains(/problem +history/))
    }

    @Test func `Metrics that a rule needs and the agent lacks are told of`() throws {
        try "groups: [{name: x, rules: [{record: a, expr: queue_length + nobody_has_this}]}]\n".write(
            to: agent.folder.appendingPathComponent("asking.yml"),
            atomically: false,
            encoding: .utf8
        )
        let outcome = try agent.medic("check rules --agent \(agent.folder.path)/asking.yml")
        #expect(outcome.stdout.contains("nobody_has_this") && !outcome.stdout.contains("metric queue_length"))
        #expect(outcome.exit == 0)
    }

    @Test func `The agent tells how each of its parts is`() throws {
        let checks = try json("status")["health"]?["checks"]?.array ?? []
        let names = [
            "core", "rules", "healing", "history", "integrity", "samples", "disk", "configuration", "series",
        ]
        #expect(checks.compactMap { $0["name"]?.string } == names)
        #expect(checks.allSatisfy { ($0["latencySeconds"]?.double ?? -1) >= 0 })
        #expect(checks.first { $0["name"] == "history" }?["status"] == "healthy")
    }
}
