import Alerting
import Configuration
import JSON
import Metrics

extension Composer {
    /// The words, and then each file in a message of its own.
    func telegram(_ settings: TelegramSettings) throws(ComposingError) -> [OutgoingCall] {
        // In HTML what comes from labels must not be taken for markup.
        let words = settings.parseMode == "HTML" ? try html(settings.message) : try text(settings.message)
        var body = JSONObject()
        body["chat_id"] = .integer(Int64(settings.chat))
        if settings.thread != 0 { body["message_thread_id"] = .integer(Int64(settings.thread)) }
        body["text"] = .string(words.cut(toScalars: 4096))
        body.set("parse_mode", settings.parseMode)
        body["disable_notification"] = .boolean(settings.isQuiet)
        body["disable_web_page_preview"] = .boolean(true)
        let base = settings.url.hasSuffix("/") ? String(settings.url.dropLast()) : settings.url
        let bot = "\(base)/bot\(try reveal(settings.token))"
        return [OutgoingCall(url: "\(bot)/sendMessage", body: body.bytes)]
            + attachments.map { document($0, settings, bot) }
    }

    private func document(_ attachment: Attachment, _ settings: TelegramSettings, _ bot: String) -> OutgoingCall {
        var form = FormBody(boundary: "medic-\(message.notification.id)")
        form.add("chat_id", "\(settings.chat)")
        if settings.thread != 0 { form.add("message_thread_id", "\(settings.thread)") }
        form.add("disable_notification", "true")
        form.add("document", attachment)
        let headers = ["Content-Type": form.contentType]
        return OutgoingCall(url: "\(bot)/sendDocument", headers: headers, body: form.finished, isExtra: true)
    }

    func discord(_ settings: DiscordSettings) throws(ComposingError) -> OutgoingCall {
        let color: Int64 = message.status == "firing" ? 0x99_2D22 : 0x2E_CC71
        var body = JSONObject()
        body["content"] = .string(try text(settings.content).cut(toScalars: 2000))
        body["embeds"] = [
            [
                "title": .string(try text(settings.title).cut(toScalars: 256)),
                "description": .string(try text(settings.message).cut(toScalars: 4096)),
                "color": .integer(color),
            ]
        ]
        try body.set("username", text(settings.username))
        try body.set("avatar_url", text(settings.avatarURL))
        return OutgoingCall(url: try secret(settings.url), body: body.bytes)
            .carrying(attachments, beside: "payload_json", boundary: "medic-\(message.notification.id)")
    }

    func teams(_ settings: TeamsSettings) throws(ComposingError) -> OutgoingCall {
        var body = JSONObject()
        body["@context"] = "http://schema.org/extensions"
        body["@type"] = "MessageCard"
        body["title"] = .string(try text(settings.title))
        body["summary"] = .string(try text(settings.summary))
        body["text"] = .string(try text(settings.text))
        body["themeColor"] = message.status == "firing" ? "8C1A1A" : "2DC72D"
        return OutgoingCall(url: try secret(settings.url), body: body.bytes)
    }

    func teamsFlows(_ settings: TeamsSettings) throws(ComposingError) -> OutgoingCall {
        let title: JSONValue = [
            "type": "TextBlock", "text": .string(try text(settings.title)), "weight": "Bolder", "size": "Medium",
            "wrap": true, "style": "heading", "color": message.status == "firing" ? "Attention" : "Good",
        ]
        let words: JSONValue = ["type": "TextBlock", "text": .string(try text(settings.text)), "wrap": true]
        let card: JSONValue = [
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.2",
            "body": [title, words], "msTeams": ["width": "full"],
        ]
        var body = JSONObject()
        body["type"] = "message"
        body["attachments"] = [["contentType": "application/vnd.microsoft.card.adaptive", "content": card]]
        return OutgoingCall(url: try secret(settings.url), body: body.bytes)
    }

    func webex(_ settings: WebexSettings) throws(ComposingError) -> OutgoingCall {
        var body = JSONObject()
        body["markdown"] = .string(try text(settings.message).cut(toBytes: 7439))
        body["roomId"] = .string(try text(settings.room))
        return OutgoingCall(url: settings.url, body: body.bytes)
    }

    func pushover(_ settings: PushoverSettings) throws(ComposingError) -> OutgoingCall {
        let words = settings.isHTML ? try html(settings.message) : try text(settings.message)
        var fields: [(String, String)] = [
            ("token", try secret(settings.token)), ("user", try secret(settings.user)),
            ("title", try text(settings.title).cut(toScalars: 250)),
            // Pushover refuses an empty message.
            ("message", Self.isBlank(words) ? "(no details)" : words.cut(toScalars: 1024)),
            ("url", try text(settings.url).cut(toScalars: 512)),
            ("url_title", try text(settings.urlTitle)),
            ("priority", try text(settings.priority)),
            ("retry", "\(settings.retry.rawValue / 1000)"),
            ("expire", "\(settings.expire.rawValue / 1000)"),
            ("device", try text(settings.device)),
            ("sound", try text(settings.sound)),
        ]
        if settings.isHTML { fields.append(("html", "1")) }
        if settings.isMonospaced { fields.append(("monospace", "1")) }
        if settings.timeToLive > .zero { fields.append(("ttl", "\(settings.timeToLive.rawValue / 1000)")) }
        let optional: Set<String> = ["url", "url_title", "device", "sound"]
        let body = fields.filter { !optional.contains($0.0) || !$0.1.isEmpty }
            .map { "\($0.0)=\(Self.percentEncoded($0.1))" }.joined(separator: "&")
        let type = "application/x-www-form-urlencoded"
        return OutgoingCall(url: pushoverURL, headers: ["Content-Type": type], body: Array(body.utf8))
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    private static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
