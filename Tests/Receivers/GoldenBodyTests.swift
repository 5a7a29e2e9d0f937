import Alerting
import Foundation
import JSON
import Metrics
import Testing

@testable import Configuration
@testable import Receivers

/// What each kind of receiver is sent, to the letter. `RECORD=1 swift test` rewrites the files in Golden; the difference is read in review.
@Suite struct `Bodies` {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static let receivers = """
          - name: team
            webhook_configs: [{url: 'http://sink/hook', max_alerts: 1, signing_key: key}, {url: 'http://sink/hook'}]
            slack_configs:
              - api_url: http://slack/services/x
                channel: '#{{ .GroupLabels.cluster }}'
                text: '{{ range .Alerts }}{{ .Annotations.summary }} {{ end }}'
                fields: [{title: State, value: '{{ .Status | title }}'}]
                actions: [{type: button, text: see, url: '{{ .ExternalURL }}'}]
                link_names: true
              - {api_url: 'http://slack/services/y'}
            pagerduty_configs:
              - {routing_key: 'key-{{ .GroupLabels.cluster }}', images: [{src: 'http://i'}], links: [{href: 'http://l', text: t}], class: c}
              - {service_key: old}
            opsgenie_configs:
              - {api_key: key, responders: [{name: 'a, b', type: teams}, {username: joe, type: user}], tags: 'x, y', update_alerts: true, priority: P1}
            victorops_configs: [{api_key: key, routing_key: '{{ .GroupLabels.cluster }}', custom_fields: {extra: '{{ .Receiver }}'}}]
            telegram_configs: [{bot_token: token, chat_id: -7, message_thread_id: 3}]
            discord_configs: [{webhook_url: 'http://discord/x', username: medic}]
            msteams_configs: [{webhook_url: 'http://teams/x'}]
            msteamsv2_configs: [{webhook_url: 'http://flows/x'}]
            pushover_configs: [{user_key: user, token: token, ttl: 1h}]
            webex_configs: [{room_id: room, http_config: {authorization: {credentials: x}}}]
            alertmanager_configs: [{url: 'http://am:9093/'}]
        """

    static func shown(_ call: OutgoingCall) -> String {
        let headers = call.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        var body = String(decoding: call.body, as: UTF8.self)
        if let json = try? JSONValue(parsing: body) {
            var writer = JSONWriter(indentation: 2)
            writer.value(json)
            body = writer.text
        }
        return (["\(call.method) \(call.url)"] + headers + ["", body, ""]).joined(separator: "\n")
    }

    static func check(_ text: String, against name: String) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(text == (try? String(contentsOf: file, encoding: .utf8)), "\(name)")
    }

    @Test func `are as they were`() throws {
        let settings = try Samples.settings(Self.receivers)
        let receiver = try #require(settings.receiver("team"))
        for (name, alerts) in Samples.cases {
            let composer = try Samples.composer(alerts)
            for integration in receiver.integrations {
                guard case .calls(let calls, _, _) = try composer.plan(integration.kind) else {
                    Issue.record("\(integration.kind.name) makes no calls")
                    continue
                }
                let text = calls.map(Self.shown).joined(separator: "\n")
                try Self.check(text, against: "\(integration.kind.name)-\(integration.index)-\(name).txt")
            }
        }
    }

    @Test func `A mail is as it was`() throws {
        let receivers = """
              - name: team
                email_configs:
                  - to: 'Ann <ann@example.org>, bob@example.org'
                    from: medic@example.org
                    smarthost: mail.example.org:587
                    auth_username: joe
                    auth_password: secret
                    headers: {Subject: 'Störung: {{ .GroupLabels.alertname }}'}
                    text: '{{ range .Alerts }}{{ .Annotations.summary }}={{ .Status }}{{ end }}'
            """
        let settings = try Samples.settings(receivers)
        let integration = try #require(settings.receiver("team")?.integrations.first)
        guard case .email(let email) = integration.kind else { return }
        for (name, alerts) in Samples.cases {
            let mail = try Samples.composer(alerts).mail(email)
            #expect(mail.recipients == ["ann@example.org", "bob@example.org"])
            #expect(mail.sender == "medic@example.org")
            #expect(mail.bytes.split(separator: UInt8(ascii: "\n")).allSatisfy { $0.count <= 998 })
            let text = String(decoding: mail.bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
            try Self.check(text, against: "email-0-\(name).txt")
        }
    }

    @Test func `A program is given the webhook's body`() throws {
        let receivers = """
              - name: team
                exec_configs: [{command: [/bin/tell, '{{ .Status }}', 'a b'], environment: {WHO: '{{ .Receiver }}'}, timeout: 3s}]
            """
        let kind = try #require(try Samples.settings(receivers).receiver("team")?.integrations.first).kind
        guard case .program(let call) = try Samples.composer(Samples.cases[0].alerts).plan(kind) else { return }
        #expect(call.command == ["/bin/tell", "firing", "a b"])
        #expect(call.environment.contains { $0.name == "WHO" && $0.value == "team" })
        #expect(call.timeout == .seconds(3))
        #expect(try JSONValue(parsing: String(decoding: call.input, as: UTF8.self))["version"] == "4")
    }

    @Test func `Texts are cut to what a service takes`() {
        #expect("äöü".cut(toScalars: 3) == "äöü")
        #expect("äöüß".cut(toScalars: 3) == "äöü")
        #expect("äöüßx".cut(toScalars: 4) == "äöü…")
        #expect("äöüß".cut(toBytes: 8) == "äöüß")
        #expect("äöüß".cut(toBytes: 7) == "äö…")
    }

    @Test(arguments: [
        ("a@b", ["a@b"]), (" a@b , c@d ", ["a@b", "c@d"]), ("\"Doe, Joe\" <a@b>,c@d", ["a@b", "c@d"]), ("", []),
    ])
    func `Addresses are found in a list`(list: String, expected: [String]) {
        #expect(MailText.addresses(list) == expected)
    }

    @Test func `Headers and bodies are made of ASCII, and can be read again`() {
        #expect(MailText.header("plain\nInjected: x") == "plain Injected: x")
        #expect(MailText.header("grün & gut") == "=?UTF-8?Q?gr=C3=BCn_=26_gut?=")
        #expect(
            MailText.header(String(repeating: "ü", count: 100)).split(separator: "\r\n").allSatisfy {
                $0.utf8.count <= 76
            }
        )
        #expect(MailText.quotedPrintable("a=b \nü\t") == "a=3Db=20\r\n=C3=BC=09")
        let long = MailText.quotedPrintable(String(repeating: "x", count: 200))
        #expect(long.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
    }
}

@Suite struct `Answers` {
    private func judge(
        _ status: Int,
        _ body: String = "",
        retryAfter: String? = nil,
        proof: OutgoingCall.Proof = .status,
        retried: Set<Int> = []
    ) -> SendResult {
        let call = OutgoingCall(url: "", body: [], retriedStatuses: retried, proof: proof)
        return Answer(status: status, retryAfter: retryAfter, body: Array(body.utf8)).judged(
            for: call,
            at: Samples.start
        )
    }

    @Test func `are a yes, a no, or a not now`() {
        #expect(judge(204) == .taken)
        #expect(judge(400, "bad\ntoken") == .refused("unexpected status code 400: bad token"))
        #expect(judge(500) == .failed("unexpected status code 500", retryAfter: nil))
        #expect(judge(429, retryAfter: "7") == .failed("unexpected status code 429", retryAfter: .seconds(7)))
        #expect(judge(403, retried: [403]) == .failed("unexpected status code 403", retryAfter: nil))
        let date = "Fri, 10 Jul 2026 00:00:10 GMT"
        #expect(Answer.date(date) == Timestamp(rfc3339: "2026-07-10T00:00:10Z"))
        #expect(judge(503, retryAfter: date) == .failed("unexpected status code 503", retryAfter: Milliseconds(9_877)))
    }

    @Test func `of Slack say no with a yes`() {
        #expect(judge(200, "ok", proof: .slack) == .taken)
        #expect(judge(200, #"{"ok": true}"#, proof: .slack) == .taken)
        #expect(judge(200, #"{"ok": false, "error": "no_text"}"#, proof: .slack) == .refused("Slack says: no_text"))
        #expect(judge(200, "invalid_payload", proof: .slack) == .refused("Slack says: invalid_payload"))
    }
}
