import EventLoop
import Files
import Glibc
import HTTPServer
import Instruments
import Logging
import Synchronization

/// The service of the demo: works off requests and a queue, tells its metrics, and can be harmed.
///
/// Its files: `patient.conf` says how many workers it has, `patient.pid` holds its number, and in `queue` lie the entries that wait.
final class Patient: Sendable {
    private struct State {
        var workers = 1
        var isSlow = false
        var succeeded: UInt64 = 0
        var failed: UInt64 = 0
        var seconds = 0.0
        var entries = 0
        var nextEntry = 0
        /// Whether the next entry is one that the queue chokes on.
        var isPoisonDue = false
    }

    private let folder: String
    private let address: String
    private let loop: EventLoop
    private let state = Mutex(State())

    private static let turn = Duration.milliseconds(50)
    /// The entry that the queue chokes on.
    static let poison = "poison"
    // Nobody empties the folder of a demo that is left alone.
    private static let entriesMax = 500

    /// The folder holds an `address` to serve on.
    init(in folder: String) throws {
        self.folder = folder
        address = try FileSystem.readText(folder + "/address")
        loop = try EventLoop(named: "patient")
    }

    func run() throws -> ExitCode {
        let parent = getppid()
        let ending = Waiting<Void>()
        try FileSystem.createFolder(folder + "/queue")
        try FileSystem.replace(folder + "/patient.pid", with: Array("\(getpid())\n".utf8))
        readConfiguration()
        let server = try serve()
        defer { server.stop() }
        loop.start()
        let outcome = Waiting<Result<Void, EventLoopError>>()
        loop.submit { [self] in
            outcome.give(
                Result { () throws(EventLoopError) in
                    _ = try SignalWatch(on: loop) { [weak self] signal in
                        if signal == .hangUp { self?.reload() } else { ending.give(()) }
                    }
                }
            )
            work(below: parent, ending)
        }
        try outcome.wait().get()
        ending.wait()
        return .fine
    }

    private func serve() throws -> HTTPServer {
        guard let split = address.lastIndex(of: ":"), let port = UInt16(address[split...].dropFirst()) else {
            throw UsageError("'\(address)' is no address to serve on")
        }
        let server = HTTPServer(
            HTTPServer.Settings(listeners: [.tcp(host: String(address[..<split]), port: port)], threads: 1),
            handler: Desk(patient: self),
            instruments: Instruments(),
            log: Logger(.discarding(), component: "patient")
        )
        try server.start()
        return server
    }

    // MARK: Life

    private func reload() {
        readConfiguration()
        state.withLock { $0.isSlow = false }
    }

    private func readConfiguration() {
        let text = (try? FileSystem.readText(folder + "/patient.conf")) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("WORKERS=") }
        state.withLock { $0.workers = line.flatMap { Int($0.dropFirst("WORKERS=".count)) } ?? 0 }
    }

    /// A turn of its work, and the next a little later; without whoever started it, it ends.
    private func work(below parent: pid_t, _ ending: Waiting<Void>) {
        guard getppid() == parent else { return ending.give(()) }
        answerRequests()
        workOffQueue()
        loop.after(Self.turn) { [weak self] in self?.work(below: parent, ending) }
    }

    private func answerRequests() {
        state.withLock { state in
            // Without workers nobody answers.
            if state.workers > 0 { state.succeeded += 1 } else { state.failed += 1 }
            state.seconds += state.isSlow ? 0.8 : 0.02
        }
    }

    /// One entry comes with every turn, and all that wait are worked off, unless the oldest chokes the queue.
    private func workOffQueue() {
        let queue = folder + "/queue"
        let names = ((try? FileSystem.list(queue)) ?? []).sorted()
        let (number, isPoison) = state.withLock { state in
            defer { state.isPoisonDue = false }
            state.nextEntry += 1
            return (state.nextEntry, state.isPoisonDue)
        }
        let isChoking = names.first?.hasSuffix(Self.poison) == true
        if !isChoking {
            for name in names { try? FileSystem.remove("\(queue)/\(name)") }
        }
        if names.count < Self.entriesMax { add("\(Self.padded(number)).\(isPoison ? Self.poison : "entry")") }
        let count = ((try? FileSystem.list(queue)) ?? []).count
        state.withLock { $0.entries = count }
    }

    private func add(_ name: String) {
        try? FileSystem.replace("\(folder)/queue/\(name)", with: Array("an entry\n".utf8))
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    // MARK: Asked

    fileprivate func reply(to request: HTTPServer.Request) -> HTTPServer.Reply {
        switch (request.method, request.target.path) {
        case ("GET", "/metrics"): return HTTPServer.Reply(type: "text/plain; version=0.0.4", text: metrics)
        case ("POST", "/harm/slow"): state.withLock { $0.isSlow = true }
        case ("POST", "/harm/queue"): state.withLock { $0.isPoisonDue = true }
        default: return HTTPServer.Reply(status: 404, type: "text/plain", text: "there is no such thing\n")
        }
        return HTTPServer.Reply(type: "text/plain", text: "done\n")
    }

    private var metrics: String {
        let state = state.withLock { $0 }
        return """
            # HELP patient_requests_total Requests by how they ended.
            # TYPE patient_requests_total counter
            patient_requests_total{code="200"} \(state.succeeded)
            patient_requests_total{code="500"} \(state.failed)
            # HELP patient_request_seconds Time that requests took.
            # TYPE patient_request_seconds summary
            patient_request_seconds_sum \(state.seconds)
            patient_request_seconds_count \(state.succeeded + state.failed)
            # HELP patient_queue_entries Entries that wait.
            # TYPE patient_queue_entries gauge
            patient_queue_entries \(state.entries)

            """
    }

    private struct Desk: HTTPHandler {
        let patient: Patient

        func answer(_ request: HTTPServer.Request, _ respond: @escaping @Sendable (HTTPServer.Reply) -> Void) {
            respond(patient.reply(to: request))
        }

        func reply(to refusal: HTTPServer.Refusal) -> HTTPServer.Reply {
            HTTPServer.Reply(status: refusal.status, type: "text/plain", text: refusal.message + "\n")
        }
    }
}
