import EventLoop
import Files
import Glibc
import HTTPServer
import Instruments
import Logging
import Processes
import Synchronization

/// Starts the patient of the demo, and starts it again when a playbook asks over HTTP: what systemd is on a host.
final class PatientKeeper: Sendable {
    private let program: String
    private let folder: String
    private let child = Mutex<Task<Void, Never>?>(nil)
    private let isRunning = Atomic<Bool>(false)

    /// Nobody watches a demo for longer.
    private static let longest = Duration.seconds(24 * 3600)

    init(_ program: String, in folder: String) {
        self.program = program
        self.folder = folder
    }

    /// Serves on a free port of this machine's own; answers with its address.
    func serve() throws -> (server: HTTPServer, address: String) {
        let server = Self.server(Desk(keeper: self))
        try server.start()
        return (server, server.addresses.first?.description ?? "")
    }

    /// An address that is free at this moment.
    static func freeAddress() throws -> String {
        struct Nobody: HTTPHandler {
            func answer(_ request: HTTPServer.Request, _ respond: @escaping @Sendable (HTTPServer.Reply) -> Void) {}
            func reply(to refusal: HTTPServer.Refusal) -> HTTPServer.Reply {
                HTTPServer.Reply(status: refusal.status, type: "text/plain", text: "")
            }
        }
        let server = server(Nobody())
        try server.start()
        defer { server.stop() }
        return server.addresses.first?.description ?? ""
    }

    private static func server(_ handler: any HTTPHandler) -> HTTPServer {
        HTTPServer(
            HTTPServer.Settings(listeners: [.tcp(host: "127.0.0.1", port: 0)], threads: 1),
            handler: handler,
            instruments: Instruments(),
            log: Logger(.discarding(), component: "demo")
        )
    }

    /// Whether it was started now; false where it runs already.
    @discardableResult
    func start() -> Bool {
        guard !isRunning.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        let program = Program([program, "demo", "--patient", folder])
        let task = Task { [weak self] in
            _ = try? await program.run(timeout: Self.longest)
            self?.isRunning.store(false, ordering: .releasing)
        }
        child.withLock { $0 = task }
        return true
    }

    func stop() async {
        let task = child.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    /// Kills the patient, as a programming error would.
    func kill() throws { try signal(SIGKILL) }

    /// Has it read its configuration again.
    func reload() throws { try signal(SIGHUP) }

    private func signal(_ signal: Int32) throws {
        let text = try FileSystem.readText(folder + "/patient.pid")
        guard let number = Int32(text.prefix { $0.isNumber }), number > 1 else { return }
        try ProcessHandle(number).signal(signal)
    }

    private struct Desk: HTTPHandler {
        let keeper: PatientKeeper

        func answer(_ request: HTTPServer.Request, _ respond: @escaping @Sendable (HTTPServer.Reply) -> Void) {
            guard request.method == "POST", request.target.path == "/start" else {
                return respond(
                    HTTPServer.Reply(status: 404, type: "text/plain", text: "POST /start starts the patient\n")
                )
            }
            respond(HTTPServer.Reply(type: "text/plain", text: keeper.start() ? "started\n" : "it runs already\n"))
        }

        func reply(to refusal: HTTPServer.Refusal) -> HTTPServer.Reply {
            HTTPServer.Reply(status: refusal.status, type: "text/plain", text: refusal.message + "\n")
        }
    }
}
