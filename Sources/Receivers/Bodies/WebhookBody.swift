import Alerting
import Configuration
import JSON
import Metrics
import Secrets

/// The body of a webhook, version 4.
enum WebhookBody {
    /// - Parameter attachments: What goes with the message, where the receiver was told to have it; a key that Alertmanager does not have.
    static func bytes(_ message: Message, maxAlerts: Int = 0, attachments: [Attachment] = []) -> [UInt8] {
        let cut = maxAlerts > 0 && message.alerts.count > maxAlerts
        let alerts = cut ? Array(message.alerts.prefix(maxAlerts)) : message.alerts
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("receiver", TemplateData.quotedForPatterns(message.receiver))
            writer.member("status", message.status)
            writer.member("alerts") { writer in
                writer.array { writer in
                    for alert in alerts { write(alert, to: &writer) }
                }
            }
            writer.member("groupLabels") { writer in writer.value(message.groupLabels.json) }
            writer.member("commonLabels") { writer in writer.value(message.commonLabels.json) }
            writer.member("commonAnnotations") { writer in writer.value(message.commonAnnotations.json) }
            writer.member("externalURL", message.externalURL)
            writer.member("version", "4")
            writer.member("groupKey", message.notification.groupKey)
            writer.member("truncatedAlerts", message.alerts.count - alerts.count)
            guard !attachments.isEmpty else { return }
            writer.member("attachments") { writer in
                writer.array { writer in
                    for attachment in attachments { write(attachment, to: &writer) }
                }
            }
        }
        return writer.takeBytes() + [UInt8(ascii: "\n")]
    }

    private static func write(_ attachment: Attachment, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", attachment.kind.rawValue)
            writer.member("name", attachment.name)
            writer.member("type", attachment.type)
            writer.member("summary", attachment.summary)
            writer.member("content", attachment.text)
        }
    }

    private static func write(_ alert: Message.Alert, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("status", alert.status)
            writer.member("labels") { writer in writer.value(alert.labels.json) }
            writer.member("annotations") { writer in writer.value(alert.annotations.json) }
            writer.member("startsAt", alert.startsAt.rfc3339Text)
            writer.member("endsAt", alert.endsAt?.rfc3339Text ?? "0001-01-01T00:00:00Z")
            writer.member("generatorURL", alert.generatorURL)
            writer.member("fingerprint", Fingerprint(alert.labels).description)
        }
    }
}

extension Composer {
    func webhook(_ settings: WebhookSettings) throws(ComposingError) -> OutgoingCall {
        let body = WebhookBody.bytes(message, maxAlerts: settings.maxAlerts, attachments: attachments)
        var call = OutgoingCall(url: try secret(settings.url), body: body)
        call.headers["Idempotency-Key"] = message.notification.id
        if let key = settings.signingKey {
            let bytes = Array(try reveal(key).utf8)
            let seconds = now.rawValue / 1000
            call.headers[MessageSignature.header] = MessageSignature.sign(body, key: bytes, time: seconds)
        }
        return call
    }

    /// The alerts as a Prometheus would send them.
    func alertmanager(_ settings: AlertmanagerSettings) -> OutgoingCall {
        var writer = JSONWriter()
        writer.array { writer in
            for alert in message.alerts {
                writer.object { writer in
                    writer.member("labels") { writer in writer.value(alert.labels.json) }
                    writer.member("annotations") { writer in writer.value(alert.annotations.json) }
                    writer.member("startsAt", alert.startsAt.rfc3339Text)
                    if let endsAt = alert.endsAt { writer.member("endsAt", endsAt.rfc3339Text) }
                    writer.member("generatorURL", alert.generatorURL)
                }
            }
        }
        let base = settings.url.hasSuffix("/") ? String(settings.url.dropLast()) : settings.url
        return OutgoingCall(url: base + "/api/v2/alerts", body: writer.takeBytes())
    }
}
