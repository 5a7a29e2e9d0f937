import Actions
import Configuration
import Dispatch
import EventLoop
import HTTPClient
import Instruments
import Logging
import Synchronization
import SystemBus
import Systemd

extension Agent {
    /// Carries out a rollback that was armed: what systemd runs when no agent has disarmed it. Says what was undone, or why it was not.
    public static func undo(_ plan: String) throws -> String {
        let outcome = Mutex<Result<String, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let loop = try EventLoop(named: "medic-undo")
        loop.start()
        Task.detached {
            let result: Result<String, any Error>
            do {
                result = .success(try await DeadManRollback.fire(plan) { tools(on: loop, folder: $0, roots: $1) })
            } catch {
                result = .failure(error)
            }
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        loop.stop()
        return try outcome.withLock { $0 }?.get() ?? ""
    }

    /// Why something could not be undone, for people.
    public static func reason(_ error: any Error) -> String { (error as? DeedFailure)?.message ?? "\(error)" }

    /// The ways into the world without an agent, and the folders that the agent was permitted to write to when it armed the rollback.
    private static func tools(on loop: EventLoop, folder: String, roots: [String]) -> ActionTools {
        let log = Logger(LogSink.standardError(), component: "undo")
        var permits = Permits()
        permits.writable = roots
        let granted = permits
        var tools = ActionTools(
            permits: { granted },
            folder: folder,
            loop: loop,
            log: log,
            versions: ConfigVersions(folder: folder + "/config", files: [], log: log)
        )
        let bus = SystemBus(loop: loop, log: log)
        let manager = ServiceManager(bus: bus, log: log)
        bus.start()
        manager.start()
        tools.manager = manager
        tools.http = HTTPClient(loop: loop, log: log, instruments: Instruments())
        return tools
    }
}
