import Alerting
import Metrics
import PromQL
import Relabelling
import Rules

/// What medic's own alerts look like to whoever is told of them: as a Prometheus would send them to its Alertmanager, with the labels that
/// say where they come from, and with what `alert_relabel_configs` makes of them.
struct OutwardAlerts: Equatable, Sendable {
    var externalLabels = Labels.empty
    var relabelling = RelabelRules()
    /// Where medic can be reached from outside, without a slash at its end.
    var externalURL = ""

    /// The labels that others see; nil where nobody is to be told.
    func labels(_ labels: Labels) -> Labels? {
        var outward = labels
        if !externalLabels.isEmpty {
            var builder = LabelsBuilder(labels)
            for label in externalLabels where labels[label.name] == nil { builder.set(label.name, label.value) }
            outward = builder.build()
        }
        return relabelling.isEmpty ? outward : relabelling.apply(to: outward)
    }

    /// The fingerprint by which others know an alert.
    func fingerprint(_ labels: Labels) -> Fingerprint? { self.labels(labels).map { Fingerprint($0) } }

    /// What is to be said of an alert; nil of one that nobody is told of.
    func update(_ alert: Alert, of rule: Rule) -> AlertUpdate? {
        guard let startsAt = alert.startsAt, let labels = labels(alert.labels) else { return nil }
        var update = AlertUpdate(labels: labels, annotations: alert.annotations, startsAt: startsAt)
        if case .resolved(_, _, let at) = alert.state { update.endsAt = at }
        update.generatorURL = generatorURL(of: rule)
        return update
    }

    /// Where the expression can be looked at, with the path that Prometheus uses.
    private func generatorURL(of rule: Rule) -> String {
        "\(externalURL)/graph?g0.expr=\(Self.escaped(rule.expression.tree.description))&g0.tab=1"
    }

    /// As a value in a query: a blank is a plus.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): escaped += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return escaped
    }
}
