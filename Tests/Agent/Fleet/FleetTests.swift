import Foundation
import JSON
import TestServers
import Testing

@testable import Agent

/// Two agents that share a budget.
@Suite(.serialized, .enabled(if: FleetDatabase.isInstalled)) struct FleetTests {
    private static func files(_ host: String, _ database: String, store: String = "required") -> [String: String] {
        [
            "medic.yml": """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            playbook_files: [playbooks.yml]
            collectors: {}
            log: {level: error}
            fleet: {host: \(host), store: {host: '\(database)', username: nobody, database: postgres}}
            actions: {permit: {actions: ['*']}}
            """,
            "rules.yml": LiveAgent.alwaysIll,
            "playbooks.yml": """
            playbooks:
              - name: rest
                summary: Waits a while
                mode: auto
                subject: [instance]
                when: [{matchers: ['alertname="Ill"']}]
                guards:
                  cooldown: 1h
                  fleet: {group: api, max_concurrent: 1, max_unhealthy: 100%, store: \(store)}
                steps:
                  - wait.sleep: {duration: 6s}
                verify: {expr: 'medic_rules_evaluations_total >= 0', every: 1s, healthy: 1, within: 30s}
            """,
        ]
    }

    private func newest(_ live: LiveAgent, _ isWanted: @escaping (JSONValue) -> Bool) async throws -> JSONValue? {
        let found = try await live.wait("/medic/v1/runs") { $0["runs"]?.array?.contains(where: isWanted) ?? false }
        return found?["runs"]?.array?.first(where: isWanted)
    }

    @Test func `While one is treated the other waits, and has its turn afterwards`() async throws {
        let database = try FleetDatabase()
        let first = try LiveAgent(Self.files("web-1", database.folder))
        _ = try #require(try await newest(first) { $0["state"]?.string == "running" })
        let second = try LiveAgent(Self.files("web-2", database.folder))
        let blocked = try #require(try await newest(second) { $0["state"]?.string == "blocked" })
        #expect(blocked["text"]?.string?.contains("1 of 1 places are taken, by web-1 (run 1)") == true, "\(blocked)")
        #expect(try #require(try await newest(first) { $0["state"]?.string == "healed" })["id"]?.string == "1")
        _ = try #require(try await newest(second) { $0["state"]?.string == "running" })
        #expect(try database.rows("SELECT host FROM medic_fleet_lease") == [["web-2"]])
        _ = try #require(try await newest(second) { $0["state"]?.string == "healed" })
        #expect(try await eventually { try database.rows("SELECT host FROM medic_fleet_lease").isEmpty })
        await first.end()
        await second.end()
        database.end()
    }

    @Test func `Without its store a required budget refuses, and a preferred one takes turns`() async throws {
        let nowhere = "/nonexistent"
        let required = try LiveAgent(Self.files("web-1", nowhere))
        let blocked = try #require(try await newest(required) { $0["state"]?.string == "blocked" })
        #expect(blocked["text"]?.string?.contains("the playbook requires it: cannot connect") == true, "\(blocked)")
        await required.end()
        // A host whose turn it is, and one whose turn it is not.
        let minute = Int64(Date().timeIntervalSince1970) / 60 % 10
        let other = try #require((0..<100).first { FleetKeeper.slot(of: "web-\($0)") == (minute + 5) % 10 })
        let preferred = try LiveAgent(Self.files("web-\(other)", nowhere, store: "preferred"))
        let waiting = try #require(try await newest(preferred) { $0["state"]?.string == "blocked" })
        #expect(waiting["text"]?.string?.contains("not this host's") == true, "\(waiting)")
        await preferred.end()
    }
}
