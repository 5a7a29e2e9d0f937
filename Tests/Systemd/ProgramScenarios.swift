import Foundation
import SystemBus
import Systemd
import TestServers
import Testing

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct ProgramScenarios {
    private func service(_ name: String, _ command: String...) -> TransientService {
        TransientService(name: "medic-\(name)", description: "A test", command: command)
    }

    @Test func `A program's end and its output come back`() async throws {
        let world = try await World()
        let pipe = Pipe()
        var echo = service(
            "echo",
            "/bin/sh",
            "-c",
            "printf '%s|' \"$@\" \"$GREETING\"; exit 3",
            "sh",
            "a 'b' ; $c",
            "$HOME",
            "${HOME}",
            "$$",
            "%n",
            ""
        )
        echo.output = .descriptor(try BusDescriptor(duplicating: pipe.fileHandleForWriting.fileDescriptor))
        echo.environment = ["GREETING=good day"]
        let end = try await world.manager.run(echo, timeout: .seconds(10))
        #expect(end.result == "exit-code")
        #expect(end.status == 3)
        #expect(end.signal == nil)
        let output = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        #expect(output == "a 'b' ; $c|$HOME|${HOME}|$$|%n||good day|")
        #expect(try await world.manager.run(service("true", "/bin/true"), timeout: .seconds(10)).status == 0)
        let suicide = try await world.manager.run(service("kill", "/bin/sh", "-c", "kill -9 $$"), timeout: .seconds(10))
        #expect(suicide.signal == 9 && suicide.status == nil)
        let missing = try await world.manager.run(service("missing", "/no/such/program"), timeout: .seconds(10))
        #expect(missing.status == 203)
        #expect(try await world.manager.units(matching: ["medic-*"]).isEmpty)
        world.close()
    }

    @Test func `A program is confined`() async throws {
        let world = try await World()
        let probe =
            "touch /etc/mark 2> /dev/null && exit 1; ls /root 2> /dev/null | grep -q . && exit 2; touch /tmp/mark"
        let confined = try await world.manager.run(service("confined", "/bin/sh", "-c", probe), timeout: .seconds(10))
        #expect(confined.status == 0)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/mark"))
        var free = service("free", "/bin/sh", "-c", "touch /tmp/mark")
        free.sandbox = .none
        #expect(try await world.manager.run(free, timeout: .seconds(10)).status == 0)
        #expect(FileManager.default.fileExists(atPath: "/tmp/mark"))
        world.close()
    }

    @Test func `A program that takes too long is stopped`() async throws {
        let world = try await World()
        let manager = world.manager
        let late = await #expect(throws: SystemdError.self) {
            try await manager.run(service("late", "/bin/sleep", "infinity"), timeout: .milliseconds(300))
        }
        #expect(late == .timedOut(unit: "medic-late.service", jobCancelled: true))
        #expect(try await manager.units(matching: ["medic-late*"]).isEmpty)
        var limited = service("limited", "/bin/sleep", "infinity")
        limited.runtimeMax = .milliseconds(200)
        #expect(try await manager.run(limited, timeout: .seconds(10)).result == "timeout")
        let task = Task { try await manager.run(service("given-up", "/bin/sleep", "infinity"), timeout: .seconds(60)) }
        _ = try await world.wait(for: "medic-given-up.service") { $0.active == .active }
        task.cancel()
        let cancelled = await #expect(throws: SystemdError.self) { try await task.value }
        #expect(cancelled == .cancelled(unit: "medic-given-up.service"))
        #expect(try await manager.units(matching: ["medic-given-up*"]).isEmpty)
        world.close()
    }

    @Test func `A timer fires by itself, unless it is disarmed`() async throws {
        let world = try await World()
        var undo = service("undo", "/bin/sh", "-c", "touch /run/undone")
        undo.sandbox = .none
        let timer = TransientUnit.timer("medic-undo", after: .milliseconds(300), runs: undo)
        #expect(try await world.manager.startTransient(timer, timeout: .seconds(5)).result == .done)
        // Nobody is connected any more: systemd does it alone.
        world.close()
        for _ in 0..<5_000 where !FileManager.default.fileExists(atPath: "/run/undone") {
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(FileManager.default.fileExists(atPath: "/run/undone"))

        let other = try await World()
        var never = service("never", "/bin/sh", "-c", "touch /run/never")
        never.sandbox = .none
        let armed = TransientUnit.timer("medic-never", after: .milliseconds(500), runs: never)
        _ = try await other.manager.startTransient(armed, timeout: .seconds(5))
        #expect(try await other.manager.stop("medic-never.timer", timeout: .seconds(5)).result == .done)
        try await Task.sleep(for: .milliseconds(800))
        #expect(!FileManager.default.fileExists(atPath: "/run/never"))
        #expect(try await other.manager.units(matching: ["medic-never*"]).isEmpty)
        other.close()
    }
}
