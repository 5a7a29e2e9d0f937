import Alerting
import Configuration
import Foundation
import Metrics
import TestServers
import Testing

@testable import Receivers

/// Every kind of receiver that speaks HTTP, against a service that answers in each of the ways in which services do.
@Suite struct `Every kind of receiver` {
    static let kinds = [
        "webhook", "slack", "pagerduty", "opsgenie", "victorops", "telegram", "discord", "msteams", "msteamsv2",
        "pushover",
        "webex", "alertmanager",
    ]

    /// A receiver with one integration of each kind, all of which ask below a path.
    static func settings(_ server: ServerProcess, _ path: String) throws -> NotificationSettings {
        func url(_ kind: String) -> String { server.url("/\(path)/\(kind)") }
        let receivers = """
              - name: team
                webhook_configs: [{url: '\(url("webhook"))'}]
                slack_configs: [{api_url: '\(url("slack"))', channel: '#c'}]
                pagerduty_configs: [{routing_key: key, url: '\(url("pagerduty"))'}]
                opsgenie_configs: [{api_key: key, api_url: '\(url("opsgenie"))/'}]
                victorops_configs: [{api_key: key, routing_key: team, api_url: '\(url("victorops"))/'}]
                telegram_configs: [{bot_token: token, chat_id: -7, api_url: '\(url("telegram"))'}]
                discord_configs: [{webhook_url: '\(url("discord"))'}]
                msteams_configs: [{webhook_url: '\(url("msteams"))'}]
                msteamsv2_configs: [{webhook_url: '\(url("msteamsv2"))'}]
                pushover_configs: [{user_key: user, token: token}]
                webex_configs: [{room_id: room, api_url: '\(url("webex"))', http_config: {authorization: {credentials: x}}}]
                alertmanager_configs: [{url: '\(url("alertmanager"))'}]
            """
        return try Samples.settings(receivers)
    }

    /// One notification for each of the kinds.
    func sendAll(_ post: Post, but left: Set<String> = []) -> Int {
        let kinds = Self.kinds.filter { !left.contains($0) }
        for kind in kinds {
            post.send(Samples.notification(Samples.cases[0].alerts, kind: kind, id: "\(kind)-1"))
        }
        return kinds.count
    }

    @Test func `takes a yes`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, "fine"), pushoverURL: server.url("/fine/pushover"))
        defer { post.close() }
        let count = sendAll(post)
        let settled = await post.wait(for: count)
        #expect(settled.count == count)
        #expect(settled.allSatisfy { $0.outcome == .told && $0.attempts == 1 }, "\(settled)")
    }

    @Test func `heeds Retry-After of a 429`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, "later"), pushoverURL: server.url("/later/pushover"))
        defer { post.close() }
        let clock = ContinuousClock()
        let begin = clock.now
        let count = sendAll(post)
        let settled = await post.wait(for: count)
        #expect(settled.count == count && settled.allSatisfy { $0.outcome == .told && $0.attempts == 2 }, "\(settled)")
        #expect(clock.now - begin >= .seconds(1))
        #expect(post.retries.count == count)
        #expect(post.retries.allSatisfy { $0 == "1 unexpected status code 429: not now" }, "\(post.retries)")
    }

    @Test func `tries again after a 500`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, "flaky"), pushoverURL: server.url("/flaky/pushover"))
        defer { post.close() }
        let count = sendAll(post)
        let settled = await post.wait(for: count)
        #expect(settled.count == count && settled.allSatisfy { $0.outcome == .told && $0.attempts == 2 }, "\(settled)")
        #expect(post.retries.allSatisfy { $0 == "1 unexpected status code 500: not now" }, "\(post.retries)")
    }

    @Test func `gives up what is refused, and says in which words`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, "status/400"), pushoverURL: server.url("/status/400/pushover"))
        defer { post.close() }
        let count = sendAll(post)
        let settled = await post.wait(for: count)
        let no = DeliveryOutcome.failed("unexpected status code 400: no")
        #expect(settled.count == count && settled.allSatisfy { $0.outcome == no && $0.attempts == 1 }, "\(settled)")
        let health = await post.health()
        #expect(health.allSatisfy { $0.lastTrouble == "unexpected status code 400: no" && $0.failuresInRow == 0 })
    }

    @Test func `waits no longer than it must for one that hangs`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(
            Self.settings(server, "hang"),
            timeout: .milliseconds(500),
            pushoverURL: server.url("/hang/pushover")
        )
        defer { post.close() }
        // One to an Alertmanager has a time of its own.
        let count = sendAll(post, but: ["alertmanager"])
        try await post.waitForRetries(count)
        #expect(post.retries.allSatisfy { $0.contains("context deadline exceeded") }, "\(post.retries)")
        #expect(post.settled.isEmpty)
    }

    @Test func `tries again when the connection is reset`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, "reset"), pushoverURL: server.url("/reset/pushover"))
        defer { post.close() }
        let count = sendAll(post)
        try await post.waitForRetries(count)
        #expect(Set(await post.health().filter { $0.failuresInRow > 0 }.map(\.integration.kind)).count == count)
        #expect(post.settled.isEmpty)
    }

    @Test func `A service's word in the body counts where it has no header for it`() {
        let call = OutgoingCall(url: "http://x", body: [])
        let now = Samples.start
        func wait(_ status: Int, _ body: String) -> Milliseconds? {
            guard
                case .failed(_, let wait) = Answer(status: status, retryAfter: nil, body: Array(body.utf8))
                    .judged(for: call, at: now)
            else { return nil }
            return wait
        }
        #expect(wait(429, #"{"ok": false, "parameters": {"retry_after": 35}}"#) == .seconds(35))
        #expect(wait(429, #"{"message": "slow down", "retry_after": 1.5}"#) == Milliseconds(1500))
        #expect(wait(429, #"{"retry_after": -1}"#) == nil)
        #expect(wait(429, #"{"retry_after": 1e300}"#) == nil)
        #expect(wait(429, "slow down") == nil)
        #expect(wait(503, #"{"retry_after": 5}"#) == nil)
    }
}
