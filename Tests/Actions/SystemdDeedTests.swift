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
struct SystemdDeedTests {
    @Test func `Deeds over a real systemd`() async throws {
        try await Host.rehearse("ActionsTests.SystemdDeedScenarios")
    }
}

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct SystemdDeedScenarios {
    init() throws {
        try Host.write("patient.service", "[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n")
        try Host.write("dying.service", "[Service]\nExecStart=/bin/sh -c 'sleep 0.2; exit 3'\n")
        try Host.write("sick.service", "[Unit]\nStartLimitBurst=2\n[Service]\nExecStart=/bin/false\n")
        try Host.write("once.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n")
        try Host.shell("systemctl daemon-reload; systemctl stop patient dying sick once; systemctl reset-failed")
    }

    @Test func `A restart is another invocation and stays for as long as asked`() async throws {
        let world = try await World.onHost()
        let unit: ArgumentValue = "patient.service"
        let started = await world.perform("systemd.start", ["unit": unit, "settle": .duration(.init(100))])
        #expect(started.result == .succeeded, "\(started.message)")
        #expect(started.before?["active"] == "inactive" && started.after?["active"] == "active")
        let restarted = await world.perform("systemd.restart", ["unit": unit, "settle": .duration(.init(100))])
        #expect(restarted.result == .succeeded, "\(restarted.message)")
        #expect(restarted.before?["invocation"] != restarted.after?["invocation"])
        for verb in ["reload", "reload_or_restart", "try_restart"] {
            let outcome = await world.perform("systemd.\(verb)", ["unit": unit, "settle": .duration(.init(10))])
            #expect(outcome.result == .succeeded, "\(outcome.message)")
        }
        #expect(await world.perform("check.unit", ["unit": unit]).result == .succeeded)
        #expect(try await world.undo(started) == "stop patient.service")
        #expect(await world.perform("check.unit", ["unit": unit, "state": "inactive"]).result == .succeeded)
        #expect(await world.perform("systemd.restart", ["unit": "once.service"]).result == .succeeded)
    }

    @Test func `A unit that does not stay is a failure, told as soon as it leaves`() async throws {
        let world = try await World.onHost()
        let begin = MonotonicInstant.now
        let outcome = await world.perform(
            "systemd.start",
            ["unit": "dying.service", "settle": .duration(.seconds(20))]
        )
        #expect(outcome.message.contains("did not stay active for 20s: it went failed"), "\(outcome.message)")
        #expect(MonotonicInstant.now - begin < .seconds(15))
    }

    @Test func `A start limit is told, and cleared only where the playbook says so`() async throws {
        let world = try await World.onHost()
        for _ in 0..<3 {
            _ = await world.perform("systemd.start", ["unit": "sick.service", "settle": .duration(.init(50))])
        }
        let refused = await world.perform("systemd.start", ["unit": "sick.service"])
        #expect(!refused.result.isSuccess, "\(refused)")
        #expect(await world.perform("systemd.reset_failed", ["unit": "sick.service"]).result == .succeeded)
        #expect(await world.perform("check.unit", ["unit": "sick.service", "state": "inactive"]).result == .succeeded)
        #expect(
            await world.perform("systemd.start", ["unit": "missing.service"]).message
                == "there is no unit missing.service"
        )
    }

    @Test func `A process of a protected unit is left alone, unless its unit was named and looked at`() async throws {
        let world = try await World.onHost { $0.programs = ["/usr/bin/sleep"] }
        let started = await world.perform(
            "systemd.start",
            ["unit": "patient.service", "settle": .duration(.init(100))]
        )
        #expect(started.result == .succeeded, "\(started.message)")
        var tools = world.tools
        tools.isProtected = { $0 == "patient.service" }
        func signal(_ match: ActionArguments) async -> ActionOutcome {
            let arguments: ActionArguments = ["match": .record(match), "signal": "SIGTERM"]
            return await Deeds.perform(world.request("process.signal", arguments), tools)
        }
        let refused = await signal(["program": "/usr/bin/sleep", "arguments": "infinity"])
        #expect(refused.message.contains("belongs to patient.service, which is protected; none was signalled"))
        #expect(await world.perform("check.unit", ["unit": "patient.service"]).result == .succeeded)
        let named = await signal(["program": "/usr/bin/sleep", "arguments": "infinity", "unit": "patient.service"])
        #expect(named.result == .succeeded, "\(named.message)")
    }

    @Test func `Limits are set and taken back`() async throws {
        let world = try await World.onHost()
        try Host.shell("systemctl start patient")
        let outcome = await world.perform(
            "systemd.set_property",
            ["unit": "patient.service", "properties": ["MemoryHigh": "300M", "CPUQuota": "50%", "TasksMax": 77]]
        )
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        try Host.shell("systemctl show patient -p MemoryHigh --value | grep -qx 314572800")
        try Host.shell("systemctl show patient -p CPUQuotaPerSecUSec --value | grep -qx 500ms")
        _ = try await world.undo(outcome)
        try Host.shell("systemctl show patient -p MemoryHigh --value | grep -qx infinity")
        let unknown = await world.perform(
            "systemd.set_property",
            ["unit": "patient.service", "properties": ["ExecStart": "/bin/evil"]]
        )
        #expect(unknown.message.contains("cannot be set by a playbook"))
    }

    @Test func `Signals and freezing reach the processes`() async throws {
        let world = try await World.onHost()
        try Host.shell("systemctl start patient")
        let frozen = await world.perform("systemd.freeze", ["unit": "patient.service"])
        if frozen.result == .succeeded {
            #expect(frozen.after == "frozen")
            #expect(try await world.undo(frozen) == "thawed patient.service")
        }
        let killed = await world.perform("systemd.kill", ["unit": "patient.service", "signal": "SIGKILL"])
        #expect(killed.result == .succeeded, "\(killed.message)")
        try Host.shell(
            "while systemctl is-active -q patient; do :; done; systemctl show patient -p Result --value | grep -qx signal"
        )
    }

    @Test func `A program runs in a sandbox, with its output, and hostile words stay words`() async throws {
        let world = try await World.onHost { $0.programs = ["/bin/sh", "/usr/bin/printf", "/bin/sleep"] }
        let probe = "touch /etc/mark && exit 1; echo out; echo err >&2; ping -c1 127.0.0.1 && exit 2; exit 0"
        let confined = await world.perform("exec", ["argv": ["/bin/sh", "-c", .text(probe)]])
        #expect(confined.result == .succeeded, "\(confined)")
        #expect(confined.output.contains("out\n") && confined.output.contains("err\n"))
        #expect(!FileManager.default.fileExists(atPath: "/etc/mark"))
        for (index, text) in Hostile.texts.enumerated() where !text.utf8.contains(0) && text.utf8.count < 100_000 {
            let outcome = await world.perform(
                "exec",
                ["argv": ["/usr/bin/printf", "%s|", .text(text), "end"]],
                step: index
            )
            #expect(outcome.output.utf8.elementsEqual("\(text)|end|".utf8), "\(outcome)")
        }
        let failed = await world.perform("exec", ["argv": ["/bin/sh", "-c", "echo why; exit 7"]], step: 100)
        #expect(failed.message.contains("exit status 7") && failed.output == "why\n")
        let late = await world.perform("exec", ["argv": ["/bin/sleep", "600"]], timeout: .init(500), step: 101)
        #expect(late.result == .timedOut, "\(late)")
        try Host.shell("! systemctl list-units --all --no-legend 'medic-exec-*' | grep -q .")
    }

    @Test(arguments: Hostile.texts) func `A hostile unit name touches nothing`(text: String) async throws {
        let world = try await World.onHost()
        for name in [text, "patient.service\(text)", "\(text).service"] {
            #expect(await !world.perform("systemd.restart", ["unit": .text(name)]).result.isSuccess)
        }
    }

    @Test func `Evidence has the unit's state and journal`() async throws {
        let world = try await World.onHost()
        try Host.shell("systemd-run --unit talker --wait sh -c 'echo token=abcdef; echo hello'; journalctl --sync")
        let outcome = await world.perform("diagnostics.collect", ["units": ["talker.service", "patient.service"]])
        let journal = try #require(outcome.evidence.first { $0.hasSuffix("journal-talker.service.txt") }, "\(outcome)")
        #expect(try world.read(journal).contains("hello"))
        #expect(try !world.read(journal).contains("abcdef"))
        let state = try #require(outcome.evidence.first { $0.hasSuffix("unit-patient.service.json") })
        #expect(try world.read(state).contains("\"active\""))
    }
}
