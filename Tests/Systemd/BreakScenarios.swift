import EventLoop
import Foundation
import Synchronization
import Systemd
import TestServers
import Testing

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct BreakScenarios {
    init() throws {
        try Host.write("steady.service", "[Service]\nExecStart=/bin/sleep infinity\n")
        try Host.write("slow.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep 2\n")
        try Host.shell("systemctl daemon-reload")
    }

    @Test func `A job is awaited over a systemd that replaces itself`() async throws {
        let world = try await World()
        let manager = world.manager
        let job = Task { try await manager.start("slow.service", timeout: .seconds(20)) }
        _ = try await world.wait(for: "slow.service") { $0.active == .activating }
        try Host.shell("systemctl daemon-reexec")
        #expect(try await job.value.result == .done)
        try await world.waitForManager()
        #expect(try await manager.restart("steady.service", timeout: .seconds(10)).result == .done)
        world.close()
    }

    @Test func `A bus that is killed is found again, and changes are told as before`() async throws {
        let world = try await World()
        let manager = world.manager
        let seen = Log()
        await world.loop.perform { _ = manager.changes { change in seen.seen.withLock { $0.append(change) } } }
        try Host.shell("systemctl kill --signal KILL dbus.service; sleep 0.2; systemctl start dbus.service")
        for _ in 0..<10_000 {
            if seen.seen.withLock({ $0.filter { $0 == .managerAppeared }.count }) == 2 { break }
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(seen.seen.withLock { $0.filter { $0 == .managerVanished }.count } == 1)
        #expect(seen.seen.withLock { $0.filter { $0 == .managerAppeared }.count } == 2)
        #expect(try await manager.restart("steady.service", timeout: .seconds(10)).result == .done)
        let updates = seen.seen.withLock { $0 }.contains { change in
            if case .properties(let update) = change { return update.unit == "steady.service" }
            return false
        }
        #expect(updates)
        world.close()
    }
}
