import Configuration
import JSON

extension Composer {
    func slack(_ settings: SlackSettings) throws(ComposingError) -> OutgoingCall {
        var attachment = JSONObject()
        try attachment.set("title", text(settings.title).cut(toScalars: 1024))
        try attachment.set("title_link", text(settings.titleLink))
        try attachment.set("pretext", text(settings.pretext))
        attachment["text"] = .string(try text(settings.text))
        attachment["fallback"] = .string(try text(settings.fallback))
        attachment["callback_id"] = .string(try text(settings.callbackID))
        if !settings.fields.isEmpty { attachment["fields"] = try fields(settings) }
        if !settings.actions.isEmpty { attachment["actions"] = try actions(settings.actions) }
        try attachment.set("image_url", text(settings.imageURL))
        try attachment.set("thumb_url", text(settings.thumbURL))
        attachment["footer"] = .string(try text(settings.footer))
        try attachment.set("color", text(settings.color))
        attachment["mrkdwn_in"] = .array(settings.markedUp.map { .string($0) })
        var body = JSONObject()
        try body.set("channel", text(settings.channel))
        try body.set("username", text(settings.username))
        try body.set("icon_emoji", text(settings.iconEmoji))
        try body.set("icon_url", text(settings.iconURL))
        if settings.linksNames { body["link_names"] = .boolean(true) }
        body["attachments"] = .array([.object(attachment)] + attachments.map { part(of: $0) })
        return OutgoingCall(url: try secret(settings.url), body: body.bytes, proof: .slack)
    }

    // Slack shows so much of a text before it asks to be clicked.
    private static let shownMax = 2_900

    /// A file as a further part of the message, since a webhook cannot bring files: what is written in it, and of a drawing what it shows.
    private func part(of attachment: Attachment) -> JSONValue {
        var words = attachment.summary
        if attachment.kind != .sparkline {
            // Of a journal the end matters, of anything else the beginning.
            let tail = String(attachment.text.unicodeScalars.suffix(Self.shownMax))
            let shown = attachment.kind == .journal ? tail : attachment.text.cut(toScalars: Self.shownMax)
            words = "```\n\(Self.plain(shown))\n```"
        }
        return [
            "title": .string(attachment.name), "text": .string(words), "fallback": .string(attachment.summary),
            "mrkdwn_in": ["text"],
        ]
    }

    /// Text that Slack does not take for markup: three backticks would end the block.
    private static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "`": plain += "'"
            case "&": plain += "&amp;"
            case "<": plain += "&lt;"
            case ">": plain += "&gt;"
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }

    private func fields(_ settings: SlackSettings) throws(ComposingError) -> JSONValue {
        var fields: [JSONValue] = []
        for field in settings.fields {
            fields.append([
                "title": .string(try text(field.title)), "value": .string(try text(field.value)),
                "short": .boolean(field.isShort ?? settings.hasShortFields),
            ])
        }
        return .array(fields)
    }

    private func actions(_ actions: [SlackSettings.Action]) throws(ComposingError) -> JSONValue {
        var values: [JSONValue] = []
        for action in actions {
            var object = JSONObject()
            for (name, template) in [
                ("type", action.type), ("text", action.text), ("url", action.url), ("style", action.style),
                ("name", action.name), ("value", action.value),
            ] {
                try object.set(name, text(template))
            }
            if let confirmation = action.confirmation {
                var confirm = JSONObject()
                try confirm.set("title", text(confirmation.title))
                try confirm.set("text", text(confirmation.text))
                try confirm.set("ok_text", text(confirmation.okText))
                try confirm.set("dismiss_text", text(confirmation.dismissText))
                object["confirm"] = .object(confirm)
            }
            values.append(.object(object))
        }
        return .array(values)
    }
}

extension JSONObject {
    /// Adds a text, unless there is none.
    mutating func set(_ name: String, _ text: String) {
        if !text.isEmpty { self[name] = .string(text) }
    }

    /// The object as JSON.
    var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(.object(self))
        return writer.takeBytes()
    }
}
