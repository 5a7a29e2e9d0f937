import Metrics
import RegularExpressions
public import YAML

extension Shape where Value == RelabelRules {
    /// A list as under `relabel_configs`.
    public static var relabelRules: Self {
        Shape<[RelabelRule]>.list(of: .relabelRule).map { RelabelRules($0) }
    }
}

extension Shape where Value == RelabelRule {
    /// One relabelling step, with the defaults and the checks of Prometheus 3.
    public static var relabelRule: Self {
        .structure("a relabelling step") { fields in
            let draft = RelabelDraft(&fields)
            draft.checkTarget(&fields)
            draft.checkNeedlessKeys(&fields)
            guard fields.isSound, let draft = draft.sound else { return nil }
            do throws(PatternError) {
                return try draft.rule()
            } catch {
                fields.refuse(
                    "relabel/bad-regex",
                    "the regex cannot be compiled: \(error.reason)",
                    at: "regex",
                    help: "RE2's syntax; it is anchored at both ends"
                )
                return nil
            }
        }
    }
}

extension Shape where Value == RelabelRule.Action {
    /// The actions; Prometheus takes their names in any case.
    static var relabelAction: Self {
        let words = RelabelRule.Action.allCases.map(\.rawValue)
        let choice = Shape<RelabelRule.Action>.choice
        return Self("one of " + words.joined(separator: ", ")) { node, problems in
            if let text = node.scalar?.text, let action = RelabelRule.Action(rawValue: text.lowercased()) {
                return action
            }
            return choice.decode(node, problems)
        }
    }
}

/// What was written, before it is known to be right.
private struct RelabelDraft {
    var action: RelabelRule.Action?
    var sourceLabels: [String]?
    var separator: String
    var regex: String
    var modulus: Int
    var target: String
    var replacement: String

    init(_ fields: inout Fields) {
        let isActionGiven = fields.entry("action").map { !$0.value.isNull } ?? false
        let decoded = fields.optional("action", .relabelAction)
        action = isActionGiven ? decoded : .replace
        sourceLabels = fields.optional("source_labels", .list(of: .nonEmptyString))
        separator = fields.value("separator", .string, default: RelabelRule.Standard.separator)
        regex = fields.value("regex", .string, default: RelabelRule.Standard.regex)
        modulus = fields.value("modulus", .integer(in: 0...Int.max), default: 0)
        target = fields.value("target_label", .string, default: "")
        replacement = fields.value("replacement", .string, default: RelabelRule.Standard.replacement)
    }

    var sound: Self? { action == nil ? nil : self }

    func rule() throws(PatternError) -> RelabelRule {
        try RelabelRule(
            action ?? .replace,
            sourceLabels: sourceLabels ?? [],
            separator: separator,
            regex: regex,
            modulus: UInt64(modulus),
            targetLabel: target,
            replacement: replacement
        )
    }

    /// What the action needs and lacks.
    func checkTarget(_ fields: inout Fields) {
        guard let action else { return }
        if action == .hashmod, modulus == 0 {
            fields.refuse(
                "relabel/no-modulus",
                "relabel configuration for hashmod requires non-zero modulus",
                at: "modulus",
                help: "add 'modulus: N' to spread over N values"
            )
        }
        switch action {
        case .replace, .hashmod, .lowercase, .uppercase, .keepequal, .dropequal:
            if target.isEmpty {
                fields.refuse(
                    "relabel/no-target",
                    "relabel configuration for \(action.rawValue) action requires 'target_label' value",
                    at: "target_label"
                )
            }
        case .labelmap:
            if replacement.isEmpty {
                fields.refuse(
                    "relabel/bad-replacement",
                    "\"\" is invalid 'replacement' for labelmap action: it is the name of the new label",
                    at: "replacement"
                )
            }
        case .keep, .drop, .labeldrop, .labelkeep: break
        }
    }

    /// What is written and means nothing to the action.
    func checkNeedlessKeys(_ fields: inout Fields) {
        guard let action else { return }
        func refuse(_ keys: [String], _ message: String) {
            let first = keys.first { isGiven($0) }
            if let first { fields.refuse("relabel/needless-key", message, at: first) }
        }
        switch action {
        case .lowercase, .uppercase:
            refuse(["replacement"], "'replacement' can not be set for \(action.rawValue) action")
        case .keepequal, .dropequal:
            refuse(
                ["regex", "modulus", "separator", "replacement"],
                "\(action.rawValue) action requires only 'source_labels' and 'target_label', and no other fields"
            )
        case .labeldrop, .labelkeep:
            refuse(
                ["source_labels", "target_label", "modulus", "separator", "replacement"],
                "\(action.rawValue) action requires only 'regex', and no other fields"
            )
        case .replace, .keep, .drop, .hashmod, .labelmap: break
        }
    }

    /// Whether a key says something else than what holds without it.
    private func isGiven(_ key: String) -> Bool {
        switch key {
        case "source_labels": sourceLabels != nil
        case "separator": separator != RelabelRule.Standard.separator
        case "regex": regex != RelabelRule.Standard.regex
        case "modulus": modulus != 0
        case "target_label": !target.isEmpty
        default: replacement != RelabelRule.Standard.replacement
        }
    }
}
