import EventLoop
import Foundation
import Logging
import Synchronization
import SystemBus
import Systemd
import Testing

/// A manager on a loop of its own, connected to the host's bus.
final class World: Sendable {
    let loop: EventLoop
    let bus: SystemBus
    let manager: ServiceManager
    let sink = LogSink.recording()

    init() async throws {
        loop = try EventLoop(named: "systemd-test")
        loop.start()
        bus = SystemBus(loop: loop, log: Logger(sink, component: "bus"))
        manager = ServiceManager(bus: bus, log: Logger(sink, component: "systemd"))
        manager.start()
        bus.start()
        try await waitForManager()
    }

    func close() {
        bus.stop()
        loop.stop()
    }

    /// Until systemd answers: the bus may just be coming back.
    func waitForManager() async throws {
        for _ in 0..<10_000 {
            if (try? await manager.property("Id", of: "init.scope")) != nil { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("systemd cannot be reached")
    }

    func wait(for unit: String, until isReached: (UnitState) -> Bool) async throws -> UnitState {
        for _ in 0..<10_000 {
            let state = try await manager.state(of: unit)
            if isReached(state) { return state }
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("\(unit) does not get there")
        return try await manager.state(of: unit)
    }
}

/// The middle one of some measurements.
func median(_ durations: [Duration]) -> Duration {
    durations.sorted()[durations.count / 2]
}
