import HTTPServer
import Instruments
import Logging
import Metrics
import PromQL
import Rules
import Storage
import Synchronization

@testable import Configuration
@testable import Web

/// An agent that has samples and tells what it was told to tell.
final class StandInDesk: AgentDesk {
    struct State: Sendable {
        var isReady = true
        var checks: [HealthReport.Check] = []
        var reloadProblem: String?
        var reloads = 0
        var quits = 0
        var audit: [AuditEntry] = []
        var groups: [RuleGroupReport] = []
        var targets = TargetsReport()
        var metadata: [TargetMetadata] = []
    }

    let store: SampleStore
    let engine: Engine
    let externalLabels: Labels = ["host": "h1"]
    let build = BuildReport(version: "0.1.0", branch: "main")
    let state = Mutex(State())

    init(maxSamples: Int = 50_000_000) {
        store = SampleStore(limits: StorageLimits(retention: .days(36_500)))
        engine = Engine(store: store, options: QueryOptions(maxSamples: maxSamples))
    }

    var isReady: Bool { state.withLock { $0.isReady } }

    func targets() async -> TargetsReport { state.withLock { $0.targets } }
    func metadata() async -> [TargetMetadata] { state.withLock { $0.metadata } }
    func ruleGroups() async -> [RuleGroupReport] { state.withLock { $0.groups } }
    func alertmanagers() async -> AlertmanagersReport {
        AlertmanagersReport(active: ["http://localhost:1/api/v2/alerts"])
    }
    func configuration() async -> String { "global:\n  scrape_interval: 15s\n" }
    func flags() async -> [(name: String, value: String)] { [("config.file", "medic.yml")] }
    func health() async -> HealthReport { HealthReport(checks: state.withLock { $0.checks }) }

    func runtime() async -> RuntimeReport {
        RuntimeReport(
            startedAt: .epoch,
            workingFolder: "/",
            lastReloadSucceeded: true,
            lastReloadAt: .epoch,
            threads: 4,
            processors: 2,
            corruptions: 0,
            retention: .hours(24)
        )
    }

    func reload() async -> String? {
        state.withLock { state in
            state.reloads += 1
            return state.reloadProblem
        }
    }

    func quit() async { state.withLock { $0.quits += 1 } }
    func audit(_ entry: AuditEntry) { state.withLock { $0.audit.append(entry) } }
}

/// A room over a stand-in, asked without a socket in between.
struct Room {
    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    let desk: StandInDesk
    let room: WebRoom
    let instruments = Instruments()

    init(_ settings: WebSettings = WebSettings(), maxSamples: Int = 50_000_000) {
        desk = StandInDesk(maxSamples: maxSamples)
        room = WebRoom(settings, desk: desk, instruments: instruments, log: Logger(.discarding(), component: "web"))
    }

    func ask(
        _ method: String,
        _ target: String,
        headers: [(String, String)] = [("Host", "localhost:9120")],
        form: String? = nil,
        peer: HTTPServer.Peer = .tcp(address: "127.0.0.1"),
        certificate: HTTPServer.ClientCertificate? = nil,
        abandonment: HTTPServer.Abandonment = .init()
    ) async -> Answer {
        let type = form == nil ? [] : [("Content-Type", "application/x-www-form-urlencoded")]
        let request = HTTPServer.Request(
            method: method,
            target: RequestTarget(Array(target.utf8))!,
            headers: HTTPServer.Headers(headers + type),
            body: Array((form ?? "").utf8),
            peer: peer,
            clientCertificate: certificate,
            abandonment: abandonment
        )
        let reply = await withCheckedContinuation { continuation in
            room.answer(request) { continuation.resume(returning: $0) }
        }
        var body: [UInt8] = []
        switch reply.body {
        case .bytes(let bytes): body = bytes
        case .stream(let pull): while case .bytes(let piece) = pull() { body += piece }
        case .events: break
        }
        let headers = Dictionary(reply.headers.map { ($0.name, $0.value) }) { first, _ in first }
        return Answer(status: reply.status, headers: headers, body: body)
    }

    func ask(
        _ target: String,
        headers: [(String, String)] = [("Host", "localhost:9120")],
        peer: HTTPServer.Peer = .tcp(address: "127.0.0.1"),
        certificate: HTTPServer.ClientCertificate? = nil,
        abandonment: HTTPServer.Abandonment = .init()
    ) async -> Answer {
        await ask("GET", target, headers: headers, peer: peer, certificate: certificate, abandonment: abandonment)
    }
}
