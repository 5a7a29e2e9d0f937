import Alerting
import HTTPServer
import Instruments
import JSON
import Metrics

/// Takes what somebody's Alertmanager sends to its webhooks.
struct WebhookRoute: Sendable {
    private let desk: any AlertDesk
    private let timesOutAfter: Milliseconds
    private let messages: Counter
    private let refused: Counter
    private let truncated: Counter

    /// - Parameter timesOutAfter: when an alert is taken for over if nothing more is heard of it.
    init(_ desk: any AlertDesk, timesOutAfter: Milliseconds, _ instruments: Instruments) {
        self.desk = desk
        self.timesOutAfter = timesOutAfter
        messages = instruments.counter(
            "medic_web_webhook_messages_total",
            help: "Messages of webhooks that were taken."
        )
        refused = instruments.counter(
            "medic_web_webhook_messages_refused_total",
            help: "Messages of webhooks that made no sense or could not be kept."
        )
        truncated = instruments.counter(
            "medic_web_webhook_alerts_truncated_total",
            help: "Alerts that the senders of webhooks left out because their messages had no room for them."
        )
    }

    var routes: [Route] {
        [.message([.post], "/webhook") { call throws(WebRefusal) in try await take(call) }]
    }

    private func take(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let message: WebhookMessage
        do throws(WebRefusal) {
            message = try read(call)
            try await keep(message)
        } catch {
            refused.add(1)
            throw error
        }
        messages.add(1)
        truncated.add(UInt64(message.truncatedAlerts))
        return .success { writer in
            writer.object { writer in
                writer.member("alerts", message.updates.count)
                if message.truncatedAlerts > 0 { writer.member("truncatedAlerts", message.truncatedAlerts) }
            }
        }
    }

    private func read(_ call: Call) throws(WebRefusal) -> WebhookMessage {
        guard call.refusalOfOtherThanJSON == nil else {
            throw WebRefusal(.badData, "the header Content-Type must be application/json")
        }
        do throws(BodyComplaint) {
            return try WebhookMessage(body: call.request.body, timesOutAfter: timesOutAfter, at: .now)
        } catch {
            throw WebRefusal(.badData, error.message)
        }
    }

    private func keep(_ message: WebhookMessage) async throws(WebRefusal) {
        guard !message.updates.isEmpty else { return }
        do throws(AlertDeskRefusal) {
            try await desk.receive(message.updates)
        } catch {
            // Its sender tries again after a 503, and gives up after a 4xx.
            throw WebRefusal(.unavailable, error.reason)
        }
    }
}

extension AlertDeskRefusal {
    /// Why, in a sentence.
    var reason: String {
        switch self {
        case .notFound: "there is no such alert"
        case .silence(let error): error.description
        case .unavailable(let reason): reason
        }
    }
}
