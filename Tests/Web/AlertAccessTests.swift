import Alerting
import Configuration
import HTTPServer
import JSON
import Metrics
import Secrets
import Synchronization
import Testing

@testable import Web

@Suite struct AlertAccessTests {
    private static let far = HTTPServer.Peer.tcp(address: "192.0.2.7")
    private static let here = HTTPServer.Peer.tcp(address: "127.0.0.1")
    private static let json = ("Content-Type", "application/json")
    private static let alerts = #"[{"labels":{"alertname":"A"}}]"#
    private static let webhook = #"{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"B"}}]}"#
    private static let silence =
        #"{"createdBy":"a","comment":"b","startsAt":"2026-07-10T00:00:00Z","#
        + #""endsAt":"2099-07-11T00:00:00Z","matchers":[{"name":"a","value":"b","isRegex":false}]}"#

    private static func room(_ change: (inout WebAccess) -> Void = { _ in }) throws -> AlertRoom {
        var settings = WebSettings()
        change(&settings.access)
        return AlertRoom(try StandInAlertDesk(), settings)
    }

    @Test func `Programs on this machine tell of alerts, and silence nothing`() async throws {
        let room = try Self.room()
        #expect(await room.ask("POST", "/api/v2/alerts", Self.alerts, peer: Self.here).status == 200)
        #expect(await room.ask("POST", "/webhook", Self.webhook, peer: Self.here).status == 200)
        #expect(await room.ask("POST", "/api/v2/silences", Self.silence, peer: Self.here).status == 403)
        #expect(await room.ask("POST", "/api/v2/silences", Self.silence).status == 200)
        #expect(room.alerts.state.withLock { $0.received.map(\.origin) } == [.api, .webhook(from: "")])
    }

    @Test func `Nobody elsewhere tells of alerts without credentials`() async throws {
        for room in [try Self.room(), try Self.room { $0.anonymous = .reader }] {
            #expect(await room.ask("POST", "/api/v2/alerts", Self.alerts, peer: Self.far).status == 401)
            let answer = await room.ask("POST", "/webhook", Self.webhook, peer: Self.far)
            #expect(answer.status == 401)
            #expect(room.alerts.state.withLock { $0.received.isEmpty })
        }
        let closed = try Self.room { $0.loopback = .nobody }
        #expect(await closed.ask("POST", "/webhook", Self.webhook, peer: Self.here).status == 401)
    }

    @Test func `A sender's token tells of alerts and reads nothing, a reader's reads and tells nothing`() async throws {
        let room = try Self.room { access in
            access.senders.tokens = [Secret("sender-0123456789")]
            access.readers.tokens = [Secret("reader-0123456789")]
            access.operators.tokens = [Secret("operator-0123456789")]
        }
        func status(_ method: String, _ path: String, _ body: String, _ who: String) async -> Int {
            let token = ("Authorization", "Bearer \(who)-0123456789")
            return await room.ask(
                method,
                path,
                body,
                headers: [Self.json, token],
                host: "medic.example",
                peer: Self.far
            )
            .status
        }
        #expect(await status("POST", "/webhook", Self.webhook, "sender") == 200)
        #expect(await status("POST", "/api/v2/alerts", Self.alerts, "sender") == 200)
        #expect(await status("GET", "/api/v2/alerts", "", "sender") == 403)
        #expect(await status("POST", "/webhook", Self.webhook, "reader") == 403)
        #expect(await status("GET", "/api/v2/alerts", "", "reader") == 200)
        #expect(await status("POST", "/webhook", Self.webhook, "operator") == 200)
        #expect(await status("POST", "/webhook", Self.webhook, "guessed") == 401)
    }

    @Test func `A signature is as good as a token, for its body and its time alone`() async throws {
        let room = try Self.room { $0.signingKeys = [Secret("other-key-0123456789"), Secret("key-0123456789abc")] }
        func status(_ body: String, signed: String, key: String = "key-0123456789abc", age: Int64 = 0) async -> Int {
            let time = Timestamp.now.rawValue / 1_000 - age
            let signature = MessageSignature.sign(Array(signed.utf8), key: Array(key.utf8), time: time)
            let headers = [Self.json, (MessageSignature.header, signature)]
            return await room.ask("POST", "/webhook", body, headers: headers, peer: Self.far).status
        }
        #expect(await status(Self.webhook, signed: Self.webhook) == 200)
        #expect(await status(Self.webhook, signed: Self.webhook + " ") == 401)
        #expect(await status(Self.webhook, signed: Self.webhook, key: "key-0123456789abd") == 401)
        #expect(await status(Self.webhook, signed: Self.webhook, age: 400) == 401)
        #expect(await room.ask("POST", "/webhook", Self.webhook, peer: Self.far).status == 401)
    }

    @Test func `Another site's page tells of nothing`() async throws {
        let room = try Self.room()
        for header in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
            let answer = await room.ask(
                "POST",
                "/webhook",
                Self.webhook,
                headers: [Self.json, header],
                peer: Self.here
            )
            #expect(answer.status == 403)
        }
        // A name that was made to point at this machine.
        let answer = await room.ask("POST", "/api/v2/alerts", Self.alerts, host: "evil.example", peer: Self.here)
        #expect(answer.status == 403)
        #expect(try JSONValue(parsing: answer.text)["code"] == 403)
        // A form needs no leave to be sent.
        for type in ["text/plain", "application/x-www-form-urlencoded"] {
            let answer = await room.ask(
                "POST",
                "/webhook",
                Self.webhook,
                headers: [("Content-Type", type)],
                peer: Self.here
            )
            #expect(answer.status == 400)
        }
        #expect(room.alerts.state.withLock { $0.received.isEmpty })
    }

    @Test func `What cannot be kept is answered with 503, and what makes no sense with 400 and the field`() async throws
    {
        let room = try Self.room()
        room.alerts.state.withLock { $0.trouble = "the disk is full" }
        let full = await room.ask("POST", "/webhook", Self.webhook)
        #expect(full.status == 503 && full.text.contains("the disk is full"))
        #expect(await room.ask("POST", "/api/v2/alerts", Self.alerts).status == 503)
        let bad = await room.ask(
            "POST",
            "/webhook",
            #"{"version":"4","alerts":[{"status":"firing","labels":{"a":7}}]}"#
        )
        #expect(bad.status == 400)
        #expect(try JSONValue(parsing: bad.text)["error"] == "alerts.0.labels.a must be a string, not a number")
        #expect(await room.ask("GET", "/webhook").status == 405)
        let empty = await room.ask("POST", "/webhook", #"{"version":"4","alerts":[],"truncatedAlerts":2}"#)
        #expect(empty.status == 200 && empty.text.contains(#""truncatedAlerts":2"#))
    }

    @Test func `Commands are audited, and news is not`() async throws {
        let room = try Self.room()
        _ = await room.ask("POST", "/api/v2/alerts", Self.alerts)
        _ = await room.ask("POST", "/api/v2/silences", Self.silence)
        #expect(room.desk.state.withLock { $0.audit.map(\.path) } == ["/api/v2/silences"])
    }

    @Test func `A silence that ends with its alerts says so, and others look as in Alertmanager`() async throws {
        let room = try Self.room()
        let ending = Self.silence.dropLast() + #","endsWithAlerts":true}"#
        _ = await room.ask("POST", "/api/v2/silences", String(ending))
        _ = await room.ask("POST", "/api/v2/silences", Self.silence.replacing("2099", with: "2098"))
        let list = try JSONValue(parsing: await room.ask("GET", "/api/v2/silences").text).array ?? []
        #expect(list.map { $0["endsWithAlerts"] } == [nil, true])
    }
}
