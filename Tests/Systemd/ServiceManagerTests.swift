import EventLoop
import Foundation
import Synchronization
import SystemBus
import Systemd
import TestServers
import Testing

@Suite(.enabled(if: Host.canBeMade, "no throw-away host here"))
struct ServiceManagerTests {
    @Test func `Units, jobs and programs on a real systemd`() async throws {
        try await Host.rehearse("SystemdTests.JobScenarios")
    }

    @Test func `Programs that systemd runs for medic`() async throws {
        try await Host.rehearse("SystemdTests.ProgramScenarios")
    }

    @Test func `What breaks and comes back`() async throws {
        try await Host.rehearse("SystemdTests.BreakScenarios")
    }

    @Test func `Who may not is told what is missing`() throws {
        let command = ["Tests/with-host", "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        let outcome = try Host.run(command + Host.again("SystemdTests.DenialScenarios"), role: "nobody")
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains(" passed after "), "\(outcome.output)")
    }
}

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct JobScenarios {
    init() throws {
        try Host.write(
            "patient.service",
            "[Unit]\nDescription=Patient\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep infinity\n"
        )
        try Host.write("sick.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n")
        try Host.write(
            "needy.service",
            "[Unit]\nRequires=sick.service\nAfter=sick.service\n[Service]\nExecStart=/bin/sleep infinity\n"
        )
        try Host.write("slow.service", "[Service]\nType=notify\nExecStart=/bin/sleep infinity\n")
        try Host.shell("systemctl daemon-reload")
    }

    @Test func `A restart is awaited and is another invocation`() async throws {
        let world = try await World()
        let manager = world.manager
        let started = try await manager.start("patient.service", timeout: .seconds(10))
        #expect(started.result == .done)
        #expect(started.unit == "patient.service")
        let before = try await manager.state(of: "patient.service")
        #expect(before.active == .active && before.sub == "running" && before.load == .loaded)
        #expect(before.description == "Patient" && before.serviceType == "simple" && before.result == "success")
        #expect(before.mainPID != nil && before.invocation?.count == 32 && before.activeEnter != nil)
        #expect(before.dependencies.requires.contains("system.slice"))

        var spans: [Duration] = []
        for _ in 0..<50 {
            let outcome = try await manager.restart("patient.service", timeout: .seconds(10))
            #expect(outcome.result == .done)
            spans.append(outcome.duration)
        }
        print("measured: RestartUnit to JobRemoved, median of 50:", median(spans))
        let after = try await manager.state(of: "patient.service")
        #expect(after.invocation != before.invocation)
        #expect(after.mainPID != before.mainPID)
        #expect(try await manager.stop("patient.service", timeout: .seconds(10)).result == .done)
        #expect(try await manager.state(of: "patient.service").active == .inactive)
        #expect(try await manager.tryRestart("patient.service", timeout: .seconds(10)).result == .done)
        #expect(try await manager.state(of: "patient.service").active == .inactive)
        world.close()
    }

    @Test func `How a job fails is told`() async throws {
        let world = try await World()
        let manager = world.manager
        #expect(try await manager.start("sick.service", timeout: .seconds(10)).result == .failed)
        let state = try await manager.state(of: "sick.service")
        #expect(state.active == .failed && state.result == "exit-code" && state.exitStatus == 1)
        #expect(try await manager.start("needy.service", timeout: .seconds(10)).result == .dependency)
        try await manager.resetFailed("sick.service")
        #expect(try await manager.state(of: "sick.service").active == .inactive)

        let unknown = await #expect(throws: SystemdError.self) {
            try await manager.start("nobody-knows.service", timeout: .seconds(10))
        }
        #expect(unknown == .noSuchUnit("nobody-knows.service"))
        #expect(try await manager.state(of: "nobody-knows.service").load == .notFound)
        let unreloadable = await #expect(throws: SystemdError.self) {
            try await manager.reload("patient.service", timeout: .seconds(10))
        }
        #expect("\(unreloadable as Any)".contains("patient.service"))
        let hostile = await #expect(throws: SystemdError.self) {
            try await manager.start("patient.service\0.evil", timeout: .seconds(10))
        }
        #expect(hostile == .invalidArgument("a text has a NUL in it"))
        world.close()
    }

    @Test func `A job that takes too long is given up, also in systemd`() async throws {
        let world = try await World()
        let manager = world.manager
        let late = await #expect(throws: SystemdError.self) {
            try await manager.start("slow.service", timeout: .milliseconds(100))
        }
        #expect(late == .timedOut(unit: "slow.service", jobCancelled: true))
        _ = try await world.wait(for: "slow.service") { $0.job == nil }

        let task = Task { try await manager.restart("slow.service", timeout: .seconds(60)) }
        _ = try await world.wait(for: "slow.service") { $0.job != nil }
        task.cancel()
        let cancelled = await #expect(throws: SystemdError.self) { try await task.value }
        #expect(cancelled == .cancelled(unit: "slow.service"))
        _ = try await world.wait(for: "slow.service") { $0.job == nil }
        _ = try await manager.stop("slow.service", timeout: .seconds(10))
        world.close()
    }

    @Test func `Signals, freezing and properties reach the unit`() async throws {
        let world = try await World()
        let manager = world.manager
        _ = try await manager.start("patient.service", timeout: .seconds(10))
        try await manager.freeze("patient.service")
        #expect(try await manager.state(of: "patient.service").freezer == "frozen")
        try await manager.thaw("patient.service")
        try await manager.setProperties("patient.service", [UnitProperty("TasksMax", .uint64(7))], runtime: true)
        #expect(try await manager.property("TasksMax", of: "patient.service", part: .service) == .uint64(7))
        try await manager.kill("patient.service", signal: SIGKILL, whom: .main)
        let dead = try await world.wait(for: "patient.service") { $0.active == .failed }
        #expect(dead.result == "signal" && dead.exitStatus == SIGKILL)
        let list = try await manager.units(matching: ["patient.*"])
        #expect(list.map(\.name) == ["patient.service"])
        #expect(list.first?.active == .failed)
        world.close()
    }

    @Test func `Changes are told by signals, in order`() async throws {
        let world = try await World()
        let manager = world.manager
        let log = Log()
        await world.loop.perform { _ = manager.changes { change in log.seen.withLock { $0.append(change) } } }
        _ = try await manager.restart("patient.service", timeout: .seconds(10))
        try Host.shell("systemctl kill --signal KILL patient.service")
        _ = try await world.wait(for: "patient.service") { $0.active == .failed }
        await world.loop.perform {}
        let updates = log.seen.withLock { $0 }.compactMap { change -> UnitUpdate? in
            if case .properties(let update) = change, update.unit == "patient.service" { return update }
            return nil
        }
        #expect(updates.compactMap(\.active).last == .failed)
        #expect(updates.contains { $0.part == .service && $0.result == "signal" })
        let jobs = log.seen.withLock { $0 }.contains { change in
            if case .jobRemoved(_, "patient.service", .done) = change { return true }
            return false
        }
        #expect(jobs)
        world.close()
    }
}

/// A mutex that closures can share.
final class Log: Sendable {
    let seen = Mutex<[UnitChange]>([])
}

@Suite(.enabled(if: Host.role == "nobody"))
struct DenialScenarios {
    @Test func `Everything can be seen, and what may not be done is named`() async throws {
        let world = try await World()
        let manager = world.manager
        #expect(try await manager.state(of: "dbus.service").active == .active)
        let denied = await #expect(throws: SystemdError.self) {
            try await manager.restart("dbus.service", timeout: .seconds(10))
        }
        guard case .denied(let action, let unit, _) = denied else {
            Issue.record("\(denied as Any)")
            return
        }
        #expect(action == "org.freedesktop.systemd1.manage-units")
        #expect(unit == "dbus.service")
        #expect(denied?.description.contains("/etc/polkit-1/rules.d") == true)
        let service = TransientService(name: "medic-denied", description: "Denied", command: ["/bin/true"])
        let program = await #expect(throws: SystemdError.self) { try await manager.run(service, timeout: .seconds(5)) }
        guard case .denied = program else {
            Issue.record("\(program as Any)")
            return
        }
        world.close()
    }
}
