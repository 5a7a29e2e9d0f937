import Foundation
import JSON
import TestServers
import Testing

/// The verbs of an operator, against an agent with playbooks of its own.
@Suite struct OperatorVerbTests {
    private let agent: RunningAgent

    private static let asking = Result {
        try RunningAgent(rules: rules, configuration: configuration) { agent in
            (try? agent.medic("playbook list").stdout.contains("ask")) == true
        }
    }

    @Sendable private static func configuration(_ folder: URL) -> String {
        try? playbooks.write(to: folder.appendingPathComponent("playbooks.yml"), atomically: false, encoding: .utf8)
        return "playbook_files: [playbooks.yml]\nactions: {permit: {actions: ['wait.*', 'approve']}}\n"
    }

    private static let rules = """
        groups:
          - name: made up
            interval: 200ms
            rules:
              - record: illness
                expr: label_replace(vector(1), "instance", "a", "", "")
        """

    private static let playbooks = """
        playbooks:
          - name: ask
            summary: Waits for a word
            mode: approve
            subject: [instance]
            when: [{matchers: ['alertname="Nothing"']}]
            steps:
              - approve: {ask: 'may I?', within: 10m}
              - wait.sleep: {duration: 1s}
            verify: {expr: 'illness == 1', every: 1s, healthy: 1, within: 30s}
          - name: treat
            mode: auto
            when: []
            steps:
              - systemd.restart: {unit: '{{ .Labels.unit }}'}
        """

    init() throws {
        agent = try Self.asking.get()
    }

    @Test func `Playbooks are listed with what they may and what they achieved`() throws {
        let list = try agent.medic("playbook list")
        #expect(list.stdout.contains(/PLAYBOOK +MODE +RUNS +HEALED/))
        #expect(list.stdout.contains(/ask +approve/))
        #expect(list.exit == 0)
        // Other tests run its playbooks meanwhile, so that the counts may differ.
        #expect(try agent.medic("playbook").stdout.contains(/PLAYBOOK +MODE +RUNS +HEALED/))
        let show = try agent.medic("playbook show ask").stdout
        #expect(show.hasPrefix("ask: Waits for a word\n"))
        #expect(show.contains("  mode: approve\n"))
        let none = try agent.medic("playbook show nothing")
        #expect(none.stderr == "medic: there is no playbook 'nothing'\n" && none.exit == 1)
    }

    @Test func `A dry run says what would be done and what keeps it back`() throws {
        let dry = try agent.medic("playbook dry-run treat unit=nginx.service")
        #expect(dry.stdout.hasPrefix("it would be kept back"))
        #expect(dry.stdout.contains("refuses"))
        #expect(dry.stdout.contains("systemd.restart"))
        #expect(dry.exit == 1)
        let bad = try agent.medic("playbook dry-run treat nginx.service")
        #expect(bad.stderr.contains("'nginx.service' is not NAME=VALUE") && bad.exit == 2)
    }

    @Test func `A run that waits for a word is approved, refused and cancelled`() throws {
        for (instance, word, state) in [("a", "approve", "healed"), ("b", "refuse", ""), ("c", "cancel", "cancelled")] {
            let started = try agent.medic("playbook start ask instance=\(instance) --reason test --json")
            let tree = try JSONValue(parsing: Array(started.stdout.utf8))
            let id = try #require(tree["run"]?.string, "\(started)")
            #expect(soon { (try? agent.medic("playbook \(word) \(id) --reason why").exit) == 0 })
            func stateNow() -> String? {
                let text = (try? agent.medic("playbook show ask --json").stdout) ?? ""
                let tree = try? JSONValue(parsing: Array(text.utf8))
                let run = tree?["runs"]?.array?.first { $0["id"]?.string == id }
                return run?["isOpen"]?.boolean == false ? run?["state"]?.string : nil
            }
            #expect(
                soon { stateNow().map { state.isEmpty ? $0 != "healed" : $0 == state } ?? false },
                "\(instance)"
            )
        }
        let none = try agent.medic("playbook approve 4711")
        #expect(none.stderr == "medic: there is no run 4711; 'medic runs' lists those there are\n" && none.exit == 1)
    }

    @Test func `A word that comes too late is answered with what became of the run`() throws {
        let started = try agent.medic("playbook start ask instance=late --reason test --json")
        let id = try #require(try JSONValue(parsing: Array(started.stdout.utf8))["run"]?.string, "\(started)")
        #expect(soon { (try? agent.medic("playbook refuse \(id) --reason enough").exit) == 0 })
        var late = try agent.medic("playbook approve \(id)")
        // What is done when the run is refused takes a moment.
        #expect(
            soon {
                guard let again = try? agent.medic("playbook approve \(id)") else { return false }
                late = again
                return again.stderr.contains("it ended")
            }
        )
        #expect(late.exit == 1)
        #expect(late.stderr.hasPrefix("medic: run \(id) of ask cannot be approved: it ended "))
        #expect(late.stderr.contains(/ended [a-z]+ [0-9a-z]+ ago, at [0-9T:.-]+Z [(].*[)]/), "\(late.stderr)")
        #expect(late.stderr.contains("'medic run-log \(id)' tells all of it, and \"medic playbook start ask "))
        let told = try agent.medic("playbook cancel \(id) --json")
        let tree = try JSONValue(parsing: Array(told.stdout.utf8))
        #expect(tree["errorType"]?.string == "conflict" && told.exit == 1)
        #expect(tree["data"]?["id"]?.string == id && tree["data"]?["isOpen"]?.boolean == false)
        #expect(tree["data"]?["ended"]?.string != nil && tree["data"]?["state"]?.string != nil)
        #expect(tree["data"]?["startsAnother"]?.string?.hasPrefix("medic playbook start ask") == true)
        for (number, status) in [(id, "409"), ("4711", "404")] {
            #expect(try agent.post("/medic/v1/runs/\(number)/approve") == status)
        }
    }

    @Test func `Breakers are opened and closed by hand, with a reason`() throws {
        #expect(try agent.medic("playbook breaker open treat unit=x.service --reason 'it hurts'").exit == 0)
        #expect(try agent.medic("playbook show treat").stdout.contains("open_by_hand by root"))
        #expect(try agent.medic("playbook list").stdout.contains("approve (auto)"))
        let bare = try agent.medic("playbook breaker close treat unit=x.service")
        #expect(bare.stderr.contains("wants a reason") && bare.exit == 1)
        #expect(try agent.medic("playbook breaker close treat unit=x.service --reason fixed").exit == 0)
        #expect(!(try agent.medic("playbook list").stdout.contains("open_by_hand")))
    }
}
