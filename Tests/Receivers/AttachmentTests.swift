import Alerting
import Configuration
import Foundation
import HTTPClient
import JSON
import Logging
import Metrics
import Secrets
import Testing

@testable import Receivers

/// Files that go with notifications to those who take them.
@Suite struct `Attachments` {
    static let picture = Receivers.Attachment(
        kind: .sparkline,
        name: "Down 1.svg",
        type: "image/svg+xml",
        bytes: Array("<svg/>".utf8),
        summary: "▁▂█ 1 … 3"
    )
    static let journal = Receivers.Attachment(
        kind: .journal,
        name: "journal.txt",
        type: "text/plain; charset=utf-8",
        bytes: Array(String(repeating: "out of memory\n", count: 20).utf8),
        summary: "out of memory"
    )

    func composer(_ attachments: [Receivers.Attachment]) throws -> Composer {
        let message = Message(Samples.notification(Samples.cases[0].alerts), externalURL: "http://medic:9093")
        return Composer(message, try NotificationTemplates(), at: Samples.start, attachments: attachments) {
            $0.revealInline() ?? ""
        }
    }

    func plan(_ receivers: String, _ attachments: [Receivers.Attachment]) throws -> Plan {
        let settings = try Samples.settings("  - name: team\n    \(receivers)")
        let kind = try #require(settings.receiver("team")?.integrations.first).kind
        return try composer(attachments).plan(kind)
    }

    @Test func `are parts of a mail, which other programs read as we mean them`() throws {
        let mailbox = "email_configs: [{to: a@x.org, from: b@x.org, smarthost: 'm:25', text: 'in words'}]"
        guard case .mail(let mail) = try plan(mailbox, [Self.picture, Self.journal]) else {
            Issue.record("no mail")
            return
        }
        let script = """
            import sys, email, email.policy, json
            mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            print(json.dumps({"body": mail.get_body(("plain",)).get_content().strip(), "defects": len(mail.defects),
              "files": [[part.get_filename(), part.get_content_type(), part.get_payload(decode=True).decode()]
                        for part in mail.iter_attachments()]}))
            """
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        input.fileHandleForWriting.write(Data(mail.message))
        try input.fileHandleForWriting.close()
        let printed = Array(output.fileHandleForReading.readDataToEndOfFile())
        let read = try JSONValue(parsing: String(decoding: printed, as: UTF8.self))
        #expect(read["body"] == "in words")
        #expect(read["defects"] == 0)
        let journal = String(decoding: Self.journal.bytes, as: UTF8.self)
        #expect(
            read["files"] == [
                ["Down-1.svg", "image/svg+xml", "<svg/>"], ["journal.txt", "text/plain", .string(journal)],
            ]
        )
    }

    @Test func `are files beside Discord's JSON`() throws {
        let chat = "discord_configs: [{webhook_url: 'http://discord/x'}]"
        guard case .calls(let calls, _, _) = try plan(chat, [Self.picture]) else { return }
        let call = try #require(calls.first)
        #expect(call.headers["Content-Type"]?.hasPrefix("multipart/form-data; boundary=medic-") == true)
        let parts = String(decoding: call.body, as: UTF8.self)
        #expect(parts.contains("name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{\"content\""))
        #expect(
            parts.contains(
                "name=\"files[0]\"; filename=\"Down-1.svg\"\r\nContent-Type: image/svg+xml\r\n\r\n<svg/>\r\n--"
            )
        )
        guard case .calls(let plain, _, _) = try plan(chat, []) else { return }
        #expect(plain.first?.headers["Content-Type"] == "application/json")
    }

    @Test func `follow Telegram's message, and what becomes of them does not matter`() throws {
        let chat = "telegram_configs: [{bot_token: token, chat_id: -7, message_thread_id: 3}]"
        guard case .calls(let calls, _, _) = try plan(chat, [Self.picture, Self.journal]) else { return }
        #expect(calls.map { $0.url.split(separator: "/").last } == ["sendMessage", "sendDocument", "sendDocument"])
        #expect(calls.map(\.isExtra) == [false, true, true])
        let parts = String(decoding: calls[2].body, as: UTF8.self)
        #expect(
            parts.contains("name=\"chat_id\"\r\n\r\n-7\r\n")
                && parts.contains("name=\"document\"; filename=\"journal.txt\"")
        )
    }

    @Test func `are in a webhook's body and a program's input where the receiver is to have them`() throws {
        let hook = "webhook_configs: [{url: 'http://x/'}]"
        for receiver in [hook, "exec_configs: [{command: [/bin/tell]}]"] {
            func body(_ attachments: [Receivers.Attachment]) throws -> JSONValue {
                switch try plan(receiver, attachments) {
                case .calls(let calls, _, _): try JSONValue(parsing: calls.first?.body ?? [])
                case .program(let call): try JSONValue(parsing: call.input)
                case .mail: .null
                }
            }
            let told = try body([Self.picture, Self.journal])["attachments"]?.array ?? []
            #expect(
                told.first == [
                    "kind": "sparkline", "name": "Down-1.svg", "type": "image/svg+xml", "summary": "▁▂█ 1 … 3",
                    "content": "<svg/>",
                ]
            )
            #expect(told.count == 2 && told.last?["content"]?.string == Self.journal.text)
            let plain = try body([])
            #expect(plain["attachments"] == nil && plain["version"] == "4")
        }
    }

    @Test func `are further parts of a message to Slack, and nothing in them is markup`() throws {
        let lines = (0..<400).map { "line \($0) <!channel> & ```" }.joined(separator: "\n")
        func file(_ kind: AttachmentKind) -> Receivers.Attachment {
            Receivers.Attachment(kind: kind, name: "a.txt", type: "text/plain", bytes: Array(lines.utf8), summary: "s")
        }
        let chat = "slack_configs: [{api_url: 'http://slack/x', channel: '#ops'}]"
        guard case .calls(let calls, _, _) = try plan(chat, [Self.picture, file(.journal), file(.config)]) else {
            return
        }
        let parts = try JSONValue(parsing: try #require(calls.first).body)["attachments"]?.array ?? []
        #expect(parts.count == 4)
        #expect(parts[1]["title"] == "Down-1.svg" && parts[1]["text"] == "▁▂█ 1 … 3")
        let (journal, config) = (parts[2]["text"]?.string ?? "", parts[3]["text"]?.string ?? "")
        #expect(journal.hasPrefix("```\n") && journal.hasSuffix("line 399 &lt;!channel&gt; &amp; '''\n```"))
        #expect(config.hasPrefix("```\nline 0 &lt;!channel&gt; &amp; '''\n") && config.hasSuffix("…\n```"))
        #expect(journal.count < 5_000 && config.count < 5_000)
    }

    @Test func `are told in words where a template wants them`() throws {
        let text = "{{ range .Attachments }}{{ .Kind }} {{ .Name }}: {{ .Summary }}; {{ end }}"
        let said = try composer([Self.picture, Self.journal]).text(text)
        #expect(said == "sparkline Down-1.svg: ▁▂█ 1 … 3; journal journal.txt: out of memory; ")
        #expect(try composer([]).text(text) == "")
    }

    @Test(arguments: [
        ("email_configs: [{to: a@x.org, from: b@x.org, smarthost: 'm:25'}]", AttachmentKind.allCases),
        ("webhook_configs: [{url: 'http://x/'}]", []),
        ("{webhook_configs: [{url: 'http://x/'}], attachments: [journal]}", [.journal]),
        ("{discord_configs: [{webhook_url: 'http://x/'}], attachments: []}", []),
    ]) func `are looked for where somebody takes them`(text: String, kinds: [AttachmentKind]) throws {
        let bare = text.hasPrefix("{") ? String(text.dropFirst().dropLast()) : text
        let settings = try Samples.settings("  - {name: team, \(bare)}")
        let receiver = try #require(settings.receiver("team"))
        #expect(receiver.attachments(for: try #require(receiver.integrations.first).kind) == Set(kinds))
    }

    @Test(arguments: [0, 1, 2, 3, 56, 57, 58, 1000]) func `are in Base64 as others write it`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let expected = Data(bytes).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        #expect(MailText.base64(bytes) == expected)
    }
}
