import Configuration
import EventLoop
import Foundation
import JSON
import Metrics
import Playbooks
import Systemd
import TestServers
import Testing

@testable import Actions

@Suite(.enabled(if: Host.canBeMade, "no throw-away host here"))
struct RollbackTests {
    @Test func `A rollback fires by itself when medic is dead`() async throws {
        try await Host.rehearse("ActionsTests.RollbackScenarios")
    }
}

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct RollbackScenarios {
    private func world() async throws -> World { try await World.onHost() }

    private var medic: String { Host.root.path + "/.build/debug/medic" }

    private func request(_ world: World, _ path: String, step: Int) -> ActionRequest {
        world.request("config.set", ["file": .text(path), "path": "limit", "value": 9], step: step)
    }

    private func wait(
        _ isReached: () throws -> Bool,
        log: String? = nil,
        at place: SourceLocation = #_sourceLocation
    ) async throws {
        let deadline = MonotonicInstant.now + .seconds(30)
        while try !isReached(), MonotonicInstant.now < deadline { try await pause(for: .milliseconds(20)) }
        let told = try log.map { try World.text($0) } ?? ""
        let isReached = try isReached()
        try #require(isReached, "\(told)", sourceLocation: place)
    }

    @Test func `A change that nobody confirms is undone by systemd alone`() async throws {
        let world = try await world()
        var tools = world.tools
        tools.undoCommand = [medic, "undo"]
        let path = try world.write("api.yaml", "limit: 5 # five\n")
        let request = request(world, path, step: 0)
        #expect(try await DeadManRollback.arm(request, within: .milliseconds(1_500), tools))
        #expect(await Deeds.perform(request, tools).result == .succeeded)
        #expect(try world.read(path) == "limit: 9 # five\n")
        // From here on medic does nothing: systemd runs the rollback.
        try await wait { try world.read(path) == "limit: 5 # five\n" }
        var fired: [DeadManRollback.Fired] = []
        try await wait {
            fired += try DeadManRollback.takeFired(tools)
            return !fired.isEmpty
        }
        #expect(fired.first?.run == "run-1" && fired.first?.report.hasPrefix("put the former content") == true)
    }

    @Test func `A limit that nobody confirms is taken back too`() async throws {
        let world = try await world()
        var tools = world.tools
        tools.undoCommand = [medic, "undo"]
        try Host.write("limited.service", "[Service]\nExecStart=/bin/sleep infinity\n")
        try Host.shell("systemctl daemon-reload; systemctl start limited")
        let request = world.request(
            "systemd.set_property",
            ["unit": "limited.service", "properties": ["MemoryMax": "200M"]],
            step: 1
        )
        #expect(try await DeadManRollback.arm(request, within: .milliseconds(1_000), tools))
        #expect(await Deeds.perform(request, tools).result == .succeeded)
        try Host.shell("systemctl show limited -p MemoryMax --value | grep -qx 209715200")
        try Host.shell(
            "for i in $(seq 600); do systemctl show limited -p MemoryMax --value | grep -qx infinity && exit 0; sleep 0.1; done; exit 1"
        )
    }

    @Test func `A change that was confirmed stays`() async throws {
        let world = try await world()
        var tools = world.tools
        tools.undoCommand = [medic, "undo"]
        let path = try world.write("api.yaml", "limit: 5\n")
        let request = request(world, path, step: 2)
        #expect(try await DeadManRollback.arm(request, within: .seconds(2), tools))
        #expect(await Deeds.perform(request, tools).result == .succeeded)
        try Host.shell("systemctl is-active -q medic-undo-run-1-2.timer")
        try await DeadManRollback.disarm(run: "run-1", step: 2, tools)
        try Host.shell("! systemctl is-active -q medic-undo-run-1-2.timer; ! systemctl cat medic-undo-run-1-2.timer")
        #expect(try world.read(path) == "limit: 9\n")
        // Twice does no harm.
        try await DeadManRollback.disarm(run: "run-1", step: 2, tools)
    }

    @Test func `What has nothing to undo is not armed`() async throws {
        let world = try await world()
        let request = world.request("systemd.kill", ["unit": "patient.service"], step: 3)
        #expect(try await !DeadManRollback.arm(request, within: .seconds(1), world.tools))
    }

    @Test func `An agent that is killed leaves no change behind, and its unit runs with the former one`() async throws {
        let folder = try killableAgent()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/patient.yaml"
        let agent = try start(folder)
        let log = folder + "/log"
        // The playbook sets the value and restarts the unit, which does not recover by that; then medic dies.
        try await wait({ try World.text(path) == "limit: 9 # of requests\n" }, log: log)
        try await wait({ try World.text(folder + "/taken") == "limit: 9 # of requests\n" }, log: log)
        kill(agent.processIdentifier, SIGKILL)
        agent.waitUntilExit()
        try await wait({ try World.text(path) == "limit: 5 # of requests\n" }, log: log)
        try await wait({ try World.text(folder + "/taken") == "limit: 5 # of requests\n" }, log: log)
        // The next one learns of it, and says so.
        let next = try start(folder)
        try await wait({ try World.text(log).contains("a rollback fired by itself") }, log: log)
        next.terminate()
        next.waitUntilExit()
        #expect(try World.text(path) == "limit: 5 # of requests\n")
    }

    private func start(_ folder: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: medic)
        process.arguments = [
            "run", "--config", folder + "/medic.yml", "--data", folder + "/data", "--socket", folder + "/medic.sock",
            "--listen", "127.0.0.1:0",
        ]
        let log = folder + "/log"
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: log))
        try handle.seekToEnd()
        process.standardError = handle
        process.standardOutput = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// The configuration of an agent that treats a unit by a change of its file, which never helps.
    private func killableAgent() throws -> String {
        let folder = "/tmp/medic-killed-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws {
            try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        }
        try write("patient.yaml", "limit: 5 # of requests\n")
        try Host.write(
            "reader.service",
            "[Service]\nExecStart=/bin/sh -c 'cat \(folder)/patient.yaml > \(folder)/taken; exec sleep infinity'\n"
        )
        try Host.shell("systemctl daemon-reload; systemctl restart reader")
        try write(
            "medic.yml",
            """
            global: {scrape_interval: 1s}
            rule_files: [rules.yml]
            playbook_files: [playbooks.yml]
            collectors: {systemd: {interval: 1s}}
            config: {track: [{file: \(folder)/patient.yaml, units: [reader.service]}]}
            actions:
              permit: {actions: ['config.set', 'systemd.*'], units: [reader.service], paths: {write: [\(folder)]}}

            """
        )
        // A collector that has just begun may take a word back, and then nothing is treated.
        let isUp = "node_systemd_unit_state{name=\"reader.service\",state=\"active\"} == 1"
        try write(
            "rules.yml",
            "groups: [{name: a, interval: 10s, evaluate: on_change, rules: [{alert: Ill, for: 2s, expr: '\(isUp)'}]}]\n"
        )
        try write(
            "playbooks.yml",
            """
            playbooks:
              - name: raise-limit
                summary: Raise the limit
                mode: auto
                when: [{matchers: ['alertname="Ill"']}]
                guards: {min_uptime: 0s, cooldown: 1h}
                steps:
                  - config.set: {file: \(folder)/patient.yaml, path: limit, value: 9}
                    confirm_within: 8s
                  - systemd.restart: {unit: reader.service, settle: 0s}
                verify: {every: 1s, healthy: 60, within: 5m}

            """
        )
        return folder
    }
}

extension World {
    static func text(_ path: String) throws -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
