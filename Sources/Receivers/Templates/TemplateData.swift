import Alerting
import Configuration
import Metrics
import Templates

/// The types that Alertmanager's templates work on, with their methods.
enum TemplateData {
    static let keyValue = TemplateType(
        "template.KV",
        methods: [
            "SortedPairs": TemplateFunction(.named("template.KV")) { arguments, _ in pairs(sorted(arguments[0])) },
            "Names": TemplateFunction(.named("template.KV")) { arguments, _ in texts(sorted(arguments[0]), \.name) },
            "Values": TemplateFunction(.named("template.KV")) { arguments, _ in texts(sorted(arguments[0]), \.value) },
            "String": TemplateFunction(.named("template.KV")) { arguments, _ in text(sorted(arguments[0])) },
            "Remove": TemplateFunction(.named("template.KV"), .texts) { arguments, _ in
                guard case .map(let map) = arguments[0], case .list(let list) = arguments[1] else { return .nothing }
                let names = Set(list.elements.compactMap(TemplateData.text(of:)).map { Array($0.utf8) })
                let rest = map.entries.filter { !names.contains(Array($0.key.utf8)) }
                return TemplateData.map(rest.map { Label($0.key, TemplateData.text(of: $0.value) ?? "") })
            },
        ]
    )

    private static let pair = TemplateType("template.Pair")

    private static let pairList = TemplateType(
        "template.Pairs",
        methods: [
            "Names": TemplateFunction(.named("template.Pairs")) { arguments, _ in
                texts(labels(ofPairs: arguments[0]), \.name)
            },
            "Values": TemplateFunction(.named("template.Pairs")) { arguments, _ in
                texts(labels(ofPairs: arguments[0]), \.value)
            },
            "String": TemplateFunction(.named("template.Pairs")) { arguments, _ in text(labels(ofPairs: arguments[0]))
            },
        ]
    )

    private static let alert = TemplateType("template.Alert")

    private static let alertList = TemplateType(
        "template.Alerts",
        methods: [
            "Firing": TemplateFunction(.named("template.Alerts")) { arguments, _ in filter(arguments[0], "firing") },
            "Resolved": TemplateFunction(.named("template.Alerts")) { arguments, _ in filter(arguments[0], "resolved")
            },
        ]
    )

    private static let data = TemplateType("*template.Data")
    private static let healing = TemplateType("medic.Healing")
    private static let attachment = TemplateType("medic.Attachment")

    /// What the dot is in a notification's templates.
    static func value(of message: Message, _ attachments: [Attachment] = []) -> TemplateValue {
        .record(
            TemplateRecord(
                [
                    ("Receiver", .string(quotedForPatterns(message.receiver))),
                    ("Status", .string(message.status)),
                    ("Alerts", .list(TemplateList(message.alerts.map(value), type: alertList))),
                    ("GroupLabels", map(message.groupLabels.array)),
                    ("CommonLabels", map(message.commonLabels.array)),
                    ("CommonAnnotations", map(message.commonAnnotations)),
                    ("ExternalURL", .string(message.externalURL)),
                    ("Attachments", .list(TemplateList(attachments.map(value)))),
                ],
                type: data
            )
        )
    }

    private static func value(of alert: Message.Alert) -> TemplateValue {
        .record(
            TemplateRecord(
                [
                    ("Status", .string(alert.status)),
                    ("Labels", map(alert.labels.array)),
                    ("Annotations", map(alert.annotations)),
                    ("StartsAt", .time(TemplateTime(milliseconds: alert.startsAt.rawValue))),
                    ("EndsAt", .time(alert.endsAt.map { TemplateTime(milliseconds: $0.rawValue) } ?? .zero)),
                    ("GeneratorURL", .string(alert.generatorURL)),
                    ("Fingerprint", .string(Fingerprint(alert.labels).description)),
                    ("Healing", alert.healing.map(value) ?? .nothing),
                ],
                type: self.alert
            )
        )
    }

    private static func value(of attachment: Attachment) -> TemplateValue {
        .record(
            TemplateRecord(
                [
                    ("Kind", .string(attachment.kind.rawValue)), ("Name", .string(attachment.name)),
                    ("Type", .string(attachment.type)), ("Summary", .string(attachment.summary)),
                    ("Text", .string(attachment.text)),
                ],
                type: self.attachment
            )
        )
    }

    private static func value(of word: HealingWord) -> TemplateValue {
        .record(
            TemplateRecord(
                [
                    ("Run", .string(word.run)), ("Playbook", .string(word.playbook)),
                    ("Occasion", .string(word.occasion.rawValue)), ("Sentence", .string(word.sentence)),
                    ("Details", map(word.details)),
                ],
                type: healing
            )
        )
    }

    /// Alertmanager hands the receiver's name out as a pattern that matches it.
    static func quotedForPatterns(_ name: String) -> String {
        var quoted = ""
        for scalar in name.unicodeScalars {
            if #"\.+*?()|[]{}^$"#.unicodeScalars.contains(scalar) { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted
    }

    // MARK: Names and values

    private static func map(_ labels: [Label]) -> TemplateValue {
        .map(TemplateMap(texts: labels.map { (key: $0.name, value: $0.value) }, type: keyValue))
    }

    /// Sorted by name, but the name of the alert first.
    private static func sorted(_ value: TemplateValue) -> [Label] {
        guard case .map(let map) = value else { return [] }
        let labels = map.entries.map { Label($0.key, text(of: $0.value) ?? "") }
        return labels.filter { $0.name == "alertname" } + labels.filter { $0.name != "alertname" }
    }

    private static func pairs(_ labels: [Label]) -> TemplateValue {
        let elements = labels.map { label in
            TemplateValue.record(
                TemplateRecord([("Name", .string(label.name)), ("Value", .string(label.value))], type: pair)
            )
        }
        return .list(TemplateList(elements, type: pairList))
    }

    private static func labels(ofPairs value: TemplateValue) -> [Label] {
        guard case .list(let list) = value else { return [] }
        return list.elements.compactMap { element in
            guard case .record(let record) = element, let name = record["Name"].flatMap(text(of:)),
                let value = record["Value"].flatMap(text(of:))
            else { return nil }
            return Label(name, value)
        }
    }

    private static func texts(_ labels: [Label], _ part: KeyPath<Label, String>) -> TemplateValue {
        .list(TemplateList(labels.map { $0[keyPath: part] }))
    }

    private static func text(_ labels: [Label]) -> TemplateValue {
        .string(labels.map { "\($0.name)=\($0.value)" }.joined(separator: ", "))
    }

    private static func text(of value: TemplateValue) -> String? {
        if case .string(let text) = value { text } else { nil }
    }

    private static func filter(_ value: TemplateValue, _ status: String) -> TemplateValue {
        guard case .list(let list) = value else { return .nothing }
        let chosen = list.elements.filter { element in
            guard case .record(let record) = element else { return false }
            return record["Status"].flatMap(text(of:)) == status
        }
        return .list(TemplateList(chosen, type: alertList))
    }
}
