import Foundation
import JSON
import Testing

/// Silences and acknowledgements on the command line, against an agent that runs.
@Suite struct AlertingVerbTests {
    private let agent: RunningAgent

    init() throws {
        agent = try RunningAgent.shared.get()
    }

    @Test func `A silence is made, listed and ended`() throws {
        let made = try agent.medic("silence add Nothing 'job=~\"made|up\"' -d 2h -c 'a test' -a ada --ends-with-alerts")
        #expect(made.exit == 0 && made.stderr == "")
        let id = made.stdout.trimmingCharacters(in: .newlines)
        #expect(UUID(uuidString: id) != nil)
        let listed = try agent.medic("silence list alertname=Nothing").stdout
        #expect(listed.contains("\(id)  alertname=\"Nothing\" job=~\"made|up\"  active  "))
        #expect(listed.contains(" or with its alerts  ada  a test\n"))
        #expect(try agent.medic("silence list -q --within 1h alertname=Nothing").stdout == "")
        #expect(try agent.medic("silence list -q --within 3h Nothing").stdout == "\(id)\n")
        let tree = try JSONValue(parsing: try agent.medic("silence list Nothing --json").stdout)
        #expect(tree.array?.first?["endsWithAlerts"] == true)
        #expect(try agent.medic("silence expire \(id)").exit == 0)
        #expect(try agent.medic("silence expire \(id)").exit == 0)
        #expect(try agent.medic("silence list -q Nothing").stdout == "")
        #expect(try agent.medic("silence list -q --expired Nothing").stdout == "\(id)\n")
        let json = try agent.medic("silence add Later --start +1d --end +2d -c x --json").stdout
        let later = try #require(try JSONValue(parsing: json)["silenceID"]?.string)
        #expect(try agent.medic("silence Later").stdout.contains("  pending  "))
        #expect(try agent.medic("silence expire \(later)").exit == 0)
    }

    @Test func `What makes no sense is refused, by the tool or by the agent`() throws {
        func complaint(_ arguments: String) throws -> (String, Int32) {
            let outcome = try agent.medic(arguments)
            return (outcome.stderr, outcome.exit)
        }
        let silent = try complaint("silence add A")
        #expect(silent.0.contains("--comment says why, and must be given") && silent.1 == 2)
        #expect(try complaint("silence add A -c x -d 1h --end +1h").1 == 2)
        #expect(try complaint("silence add A -c x --end -1h").1 == 2)
        let empty = try complaint("silence add 'a=~\".*\"' -c x")
        #expect(empty.0.contains("at least one matcher must not match the empty string") && empty.1 == 1)
        let unknown = try complaint("silence expire 00000000-0000-0000-0000-000000000000")
        #expect(unknown.0.contains("there is no silence 00000000") && unknown.1 == 1)
        #expect(try complaint("silence expire x").1 == 1)
    }

    @Test func `Somebody looks after an alert`() throws {
        let said = try agent.medic("alerts ack UnitFailed -c 'on it' --by ada")
        #expect(said.stdout.contains("alertname=\"UnitFailed\"") && said.stdout.contains("ada looks after the alert"))
        #expect(said.exit == 0)
        #expect(try agent.medic("alerts UnitFailed").stdout.contains("ada looks after it"))
        let tree = try JSONValue(parsing: try agent.medic("alerts UnitFailed --json").stdout)
        #expect(tree["alerts"]?.array?.first?["acknowledgedBy"] == "ada")
        #expect(try agent.medic("alerts QueueLong").stdout.contains("NOTE") == false)
        let taken = try agent.medic("alerts unack UnitFailed severity=critical")
        #expect(taken.stdout.contains("nobody looks after the alert any more") && taken.exit == 0)
        #expect(try agent.medic("alerts UnitFailed").stdout.contains("looks after") == false)
        let missing = try agent.medic("alerts ack Nothing")
        #expect(missing.stderr.contains("no such alert fires") && missing.exit == 1)
    }

    @Test func `The paper trail tells who was told, and who was not`() throws {
        let rules = """
            groups:
              - name: made up
                interval: 200ms
                rules:
                  - {alert: Ill, expr: vector(1)}
                  - {alert: Quiet, expr: vector(1)}
                  - {alert: Loud, expr: vector(1), labels: {team: "a, b"}}

            """
        let telling = try RunningAgent(
            rules: rules,
            configuration: { _ in
                """
                route:
                  {receiver: desk, group_by: [alertname], group_wait: 0s,
                   routes: [{matchers: ['alertname="Quiet"'], mute_time_intervals: [always]},
                            {matchers: ['team="a, b"'], receiver: home, continue: true},
                            {matchers: ['alertname=~"L.+|N.+"']}]}
                receivers: [{name: desk, webhook_configs: [{url: 'http://127.0.0.1:9/'}]}, {name: home}]
                time_intervals: [{name: always, time_intervals: [{months: ['1:12']}]}]

                """
            },
            isReady: { agent in
                let outcomes = ["Ill", "Quiet"].map { try? agent.medic("why \($0)").stdout }
                return outcomes.allSatisfy { $0?.contains("who was told") == true }
            }
        )
        let told = try telling.medic("why Ill").stdout
        #expect(told.contains("Ill queued for desk/webhook/0: news"), "\(told)")
        let muted = try telling.medic("why Quiet").stdout
        #expect(muted.contains("Quiet muted for desk: within the mute time interval always"), "\(muted)")
        let tree = try JSONValue(parsing: try telling.medic("why Quiet --json").stdout)
        #expect(tree["rules"]?.array?.first?["trail"]?.array?.first?["name"] == "muted")
        // Where the file says that they go is where the agent that reads it sends them.
        for (alert, labels) in [("Ill", ""), ("Quiet", ""), ("Loud", "'team=a, b'")] {
            let file = telling.folder.appendingPathComponent("medic.yml").path
            let command = "$ medic alert route --config \(file) alertname=\(alert) \(labels)\n"
            let said = try Scenario(name: "route", text: command).run()
            let tree = try JSONValue(parsing: try telling.medic("alerts \(alert) --json").stdout)
            let route = tree["alerts"]?.array?.first?["route"]?.array?.compactMap(\.string)
            #expect(said.stdout == "\(route?.joined(separator: ",") ?? "no route")\n", "\(alert) \(said)")
            #expect(said.stdout == (alert == "Loud" ? "home,desk\n" : "desk\n"))
        }
    }
}
