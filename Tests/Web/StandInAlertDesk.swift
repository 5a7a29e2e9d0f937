import Configuration
import Diagnostics
import Foundation
import HTTPServer
import Instruments
import Logging
import Metrics
import Synchronization
import YAML

@testable import Alerting
@testable import Web

/// Alerts in memory, decided about as in the agent.
final class StandInAlertDesk: AlertDesk {
    struct State: Sendable {
        var dispatcher: Dispatcher
        var received: [AlertUpdate] = []
        /// Why nothing can be kept; nil when everything can.
        var trouble: String?
    }

    let state: Mutex<State>
    private let receivers: [String]

    init(_ route: String = "receiver: team", receivers: [String] = ["team"], inhibit: [InhibitRule] = []) throws {
        let problems = Problems(in: SourceText(text: route))
        guard
            let written = YAMLDocument(SourceText(text: route), problems: problems)?.decode(.route, problems: problems),
            let tree = RouteTree(written, receivers: Set(receivers), intervals: [], problems: problems)
        else { throw PeerFailure(reason: "\(problems.diagnostics)") }
        let facts = receivers.map {
            ReceiverFacts(
                name: $0,
                integrations: [IntegrationFacts(kind: "webhook", index: 0, sendsResolved: true)]
            )
        }
        let settings = AlertingSettings(routes: tree, receivers: facts, inhibitRules: inhibit)
        self.receivers = receivers
        state = Mutex(State(dispatcher: Dispatcher(settings, at: Self.now)))
    }

    private static var now: Timestamp { .now }

    func picture() async -> AlertingPicture {
        AlertingPicture(now: Self.now, dispatcher: state.withLock { $0.dispatcher }, receivers: receivers)
    }

    func alertingConfiguration() async -> String { "route:\n  receiver: team\nreceivers:\n- name: team\n" }

    func receive(_ updates: [AlertUpdate]) async throws(AlertDeskRefusal) {
        if let trouble = state.withLock({ $0.trouble }) { throw .unavailable(trouble) }
        state.withLock { state in
            state.received += updates
            _ = state.dispatcher.handle(.alerts(updates), at: Self.now)
        }
    }

    func setSilence(_ draft: SilenceDraft) async throws(AlertDeskRefusal) -> Silence {
        let id = UUID().uuidString.lowercased()
        let outcome = state.withLock { state in
            Result { () throws(SilenceError) in
                try state.dispatcher.setSilence(draft, newID: id, at: Self.now).silence
            }
        }
        do throws(SilenceError) { return try outcome.get() } catch { throw .silence(error) }
    }

    func expireSilence(_ id: String) async throws(AlertDeskRefusal) {
        let outcome = state.withLock { state in
            Result { () throws(SilenceError) in _ = try state.dispatcher.expireSilence(id, at: Self.now) }
        }
        do throws(SilenceError) { try outcome.get() } catch { throw .silence(error) }
    }

    func acknowledge(_ fingerprint: Fingerprint, by name: String, comment: String) async throws(AlertDeskRefusal) {
        let isKnown = state.withLock { state in
            _ = state.dispatcher.handle(.acknowledged(fingerprint, by: name, comment: comment), at: Self.now)
            return state.dispatcher.acknowledgements[fingerprint] != nil
        }
        if !isKnown { throw .notFound }
    }

    func unacknowledge(_ fingerprint: Fingerprint) async throws(AlertDeskRefusal) {
        let wasKnown = state.withLock { state in
            defer { _ = state.dispatcher.handle(.unacknowledged(fingerprint), at: Self.now) }
            return state.dispatcher.acknowledgements[fingerprint] != nil
        }
        if !wasKnown { throw .notFound }
    }
}

/// The API of alerts over a stand-in, asked without a socket in between or through one.
struct AlertRoom {
    let alerts: StandInAlertDesk
    let desk = StandInDesk()
    let room: WebRoom
    let instruments = Instruments()

    init(_ alerts: StandInAlertDesk, _ settings: WebSettings = WebSettings()) {
        self.alerts = alerts
        room = WebRoom(
            settings,
            desk: desk,
            routes: AlertManagingRoutes(alerts, desk, settings, instruments).routes,
            instruments: instruments,
            log: Logger(.discarding(), component: "web")
        )
    }

    func ask(
        _ method: String,
        _ target: String,
        _ body: String = "",
        headers: [(String, String)] = [("Content-Type", "application/json")],
        host: String = "localhost:9120",
        peer: HTTPServer.Peer = .unix(user: 0, groups: [], process: 1)
    ) async -> (status: Int, text: String) {
        let request = HTTPServer.Request(
            method: method,
            target: RequestTarget(Array(target.utf8))!,
            headers: HTTPServer.Headers([("Host", host)] + headers),
            body: Array(body.utf8),
            peer: peer
        )
        let reply = await withCheckedContinuation { continuation in
            room.answer(request) { continuation.resume(returning: $0) }
        }
        guard case .bytes(let bytes) = reply.body else { return (reply.status, "") }
        return (reply.status, String(decoding: bytes, as: UTF8.self))
    }
}
