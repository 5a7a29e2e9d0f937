import Configuration
import EventLoop
import Logging
import SystemBus
import Systemd

extension World {
    /// Deeds over the systemd of this host.
    static func onHost(
        files: [TrackedFile] = [],
        _ permit: (inout Permits) -> Void = { _ in }
    ) async throws -> World {
        let loop = try EventLoop(named: "bus")
        loop.start()
        let log = Logger(.discarding(), component: "test")
        let bus = SystemBus(loop: loop, log: log)
        let manager = ServiceManager(bus: bus, log: log)
        manager.start()
        bus.start()
        let deadline = MonotonicInstant.now + .seconds(20)
        while (try? await manager.property("Id", of: "init.scope")) == nil, .now < deadline {
            try await pause(for: .milliseconds(1))
        }
        return try World(manager: manager, files: files) { permits in
            permits.units = ["*"]
            permit(&permits)
        }
    }
}
