import Alerting
import Configuration
import Diagnostics
import Metrics
import Templates
import Secrets
import Testing
import YAML

@testable import Receivers

/// Notifications and settings that tests share.
enum Samples {
    static let start = Timestamp(milliseconds: 1_783_641_600_123)

    static func alert(_ name: String, isOver: Bool = false, healing: HealingWord? = nil) -> NotifiedAlert {
        NotifiedAlert(
            labels: ["alertname": "Down", "cluster": "c1", "instance": name, "severity": "page"],
            annotations: [Label("runbook", "http://run/book"), Label("summary", "\(name) is <down> & \"out\"")],
            startsAt: start,
            endsAt: isOver ? start + .minutes(3) : nil,
            generatorURL: "http://prometheus:9090/graph?g0.expr=up+%3D%3D+0",
            healing: healing
        )
    }

    static let healed = HealingWord(
        run: "r-17",
        playbook: "restart-api",
        occasion: .healed,
        sentence: "healed by restart-api in 4.2 s",
        details: [Label("journal", "api: out of memory")]
    )

    static func notification(
        _ alerts: [NotifiedAlert],
        receiver: String = "team",
        kind: String = "webhook",
        index: Int = 0,
        id: String = "0123456789abcdef-19f0",
        group: String? = nil
    ) -> Notification {
        Notification(
            id: id,
            integration: IntegrationKey(receiver: receiver, kind: kind, index: index),
            groupKey: group ?? #"{}/{severity="page"}:{alertname="Down", cluster="c1"}"#,
            groupLabels: ["alertname": "Down", "cluster": "c1"],
            alerts: alerts,
            reason: .changed,
            createdAt: start
        )
    }

    static let cases: [(name: String, alerts: [NotifiedAlert])] = [
        ("firing", [alert("h1"), alert("h2", isOver: true)]),
        ("resolved", [alert("h1", isOver: true, healing: healed)]),
    ]

    static func settings(_ receivers: String, global: String = "{}") throws -> NotificationSettings {
        let source = SourceText(text: "global: \(global)\nroute: {receiver: team}\nreceivers:\n\(receivers)\n")
        let problems = Problems(in: source)
        let shape = Shape<NotificationSettings>.structure("a configuration") { fields in
            let defaults = fields.value(
                "global",
                .structure("global") { fields in NotificationDefaults(&fields) },
                default: NotificationDefaults()
            )
            return NotificationSettings(&fields, defaults: defaults) { _ in nil }
        }
        let document = try #require(YAMLDocument(source, problems: problems))
        return try #require(document.decode(shape, problems: problems), "\(problems.diagnostics.map(\.message))")
    }

    /// The zone that the templates of the tests name, in summer.
    @Sendable static func zone(_ name: String, _ time: TemplateTime) -> TemplateTime.Zone? {
        name == "Europe/Berlin" ? TemplateTime.Zone(offset: 7_200, name: "CEST") : nil
    }

    static func composer(_ alerts: [NotifiedAlert], receiver: String = "team") throws -> Composer {
        let message = Message(notification(alerts, receiver: receiver), externalURL: "http://medic:9093")
        var composer = Composer(message, try NotificationTemplates(zones: zone), at: start + .minutes(4)) {
            $0.revealInline() ?? "file"
        }
        composer.pushoverURL = "https://api.pushover.net/1/messages.json"
        return composer
    }
}
