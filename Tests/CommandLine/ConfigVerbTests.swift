import Foundation
import JSON
import TestServers
import Testing

/// Tracked files of configuration, with an agent that runs.
@Suite(.serialized) struct ConfigVerbTests {
    private let agent: RunningAgent
    private let file: URL

    init() throws {
        agent = try RunningAgent(
            rules: "groups: []\n",
            configuration: { folder in
                """
                global: {scrape_interval: 1s}
                config: {track: [{file: \(folder.path)/api.yaml, units: [api.service], good_after: 100ms}]}
                actions: {permit: {actions: [config.rollback], paths: {write: [\(folder.path)]}}}

                """
            },
            isReady: { (try? $0.medic("status").exit) == 0 }
        )
        file = agent.folder.appendingPathComponent("api.yaml")
    }

    private func write(_ text: String, to name: String = "api.yaml") throws {
        try text.write(to: agent.folder.appendingPathComponent(name), atomically: false, encoding: .utf8)
    }

    private func versions() throws -> [JSONValue] {
        let answer = try JSONValue(parsing: try agent.medic("config versions --json").stdout)
        return answer["files"]?.array?.first?["versions"]?.array ?? []
    }

    /// Waits until the newest version is known good. Whatever is written in the folder has the agent look again.
    private func untilGood(_ count: Int) throws {
        let isGood = soon {
            try? write("", to: "nudge")
            let found = (try? versions()) ?? []
            return found.count == count && found.first?["good"] != nil
        }
        let shown = try agent.medic("config versions").stdout
        #expect(isGood, "\(shown)")
    }

    @Test func `A tracked file is seen to change, compared and rolled back`() throws {
        #expect(try agent.medic("config versions").stdout.contains("nothing was seen there yet"))
        try write("rate: 1 # one\n")
        try untilGood(1)
        try write("rate: 2 # two\npassword: hunter2\n")
        try untilGood(2)
        let table = try agent.medic("config versions \(file.path)")
        #expect(table.stdout.contains(/VERSION +IN PLACE SINCE +SIZE +STATE/))
        #expect(table.stdout.contains("in place, known good") && table.exit == 0)

        let difference = try agent.medic("config diff \(file.path)")
        #expect(difference.stdout.contains("-rate: 1 # one\n+rate: 2 # two\n"), "\(difference)")
        #expect(!difference.stdout.contains("hunter2"))

        let changed = try agent.medic("query 'time() - medic_config_changed_timestamp_seconds'")
        #expect(changed.stdout.contains("api.yaml"), "\(changed)")

        let back = try agent.medic("config rollback \(file.path)")
        #expect(back.exit == 0, "\(back)")
        #expect(back.stdout.contains("back\n") && back.stderr == "read by api.service, not restarted\n")
        #expect(try String(contentsOf: file, encoding: .utf8) == "rate: 1 # one\n")
        #expect(soon { (try? versions())?.contains { $0["bad"] != nil } == true })

        let forward = try #require(try versions().first { $0["bad"] != nil }?["version"]?.string)
        let again = try agent.medic("config rollback \(file.path) --to \(forward.prefix(8))")
        #expect(again.exit == 0, "\(again)")
        #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("rate: 2"))

        let database = agent.folder.appendingPathComponent("data/history.db").path
        let command = try Scenario(name: "history", text: "x\n$ medic history --database \(database)\n--- stdin\n")
        #expect(soon { (try? command.run().stdout.contains("was rolled back from")) == true })
        #expect(try command.run().stdout.contains("back to the last known good"))
    }

    @Test func `What is not tracked, not known or no version is refused in plain words`() throws {
        let stranger = try agent.medic("config rollback /etc/passwd")
        #expect(stranger.exit == 1)
        #expect(stranger.stderr == "medic: /etc/passwd is not tracked: name it in `config: {track: [...]}`\n")
        try write("a: 1\n")
        #expect(soon { (try? versions())?.count == 1 })
        let only = try agent.medic("config diff \(file.path)")
        #expect(only.stderr == "medic: only one version of \(file.path) is known\n" && only.exit == 1)
        for version in ["../../../etc/passwd", "; touch x", "0"] {
            let unknown = try agent.medic("config rollback \(file.path) --to '\(version)'")
            #expect(unknown.stderr.contains("there is no version '\(version)'") && unknown.exit == 1, "\(unknown)")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == "a: 1\n")
    }
}
