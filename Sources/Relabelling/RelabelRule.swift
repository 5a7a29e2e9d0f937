public import RegularExpressions

/// One step of relabelling, as `relabel_configs` and `metric_relabel_configs` list them: it changes a set of labels, or
/// drops what carries them.
///
/// Means exactly what it means to Prometheus 3. Compiled once, checked where it was decoded, and shared.
public struct RelabelRule: Sendable {
    /// What a rule does. `subject` is the values of the source labels, joined by the separator.
    public enum Action: String, CaseIterable, Hashable, Sendable {
        /// Sets the target label to the replacement where the regex matches the subject.
        case replace
        /// Drops what the regex does not match.
        case keep
        /// Drops what the regex matches.
        case drop
        /// Sets the target label to the MD5 of the subject, modulo a number.
        case hashmod
        /// Copies labels whose name the regex matches to the name that the replacement yields.
        case labelmap
        /// Removes labels whose name the regex matches.
        case labeldrop
        /// Removes labels whose name the regex does not match.
        case labelkeep
        /// Sets the target label to the subject in lower case.
        case lowercase
        /// Sets the target label to the subject in upper case.
        case uppercase
        /// Drops where the subject is not the value of the target label.
        case keepequal
        /// Drops where the subject is the value of the target label.
        case dropequal
    }

    /// What holds for keys that are not given.
    public enum Standard {
        public static let separator = ";"
        public static let regex = "(.*)"
        public static let replacement = "$1"
    }

    public let action: Action
    public let sourceLabels: [String]
    public let separator: String
    public let modulus: UInt64
    /// May refer to groups of the regex when the action is `replace`.
    public let targetLabel: String
    public let replacement: String
    let pattern: Pattern
    let targetTemplate: RelabelTemplate
    let replacementTemplate: RelabelTemplate
    let sourceNames: [[UInt8]]
    let separatorBytes: [UInt8]

    /// Compiles a rule. Nothing but the regex is checked here; decoding checks the rest.
    public init(
        _ action: Action = .replace,
        sourceLabels: [String] = [],
        separator: String = Standard.separator,
        regex: String = Standard.regex,
        modulus: UInt64 = 0,
        targetLabel: String = "",
        replacement: String = Standard.replacement
    ) throws(PatternError) {
        pattern = try Pattern(regex, anchored: true, dotMatchesNewline: true)
        self.action = action
        self.sourceLabels = sourceLabels
        self.separator = separator
        self.modulus = modulus
        self.targetLabel = targetLabel
        self.replacement = replacement
        targetTemplate = RelabelTemplate(targetLabel, groups: pattern.groupNames)
        replacementTemplate = RelabelTemplate(replacement, groups: pattern.groupNames)
        sourceNames = sourceLabels.map { Array($0.utf8) }
        separatorBytes = Array(separator.utf8)
    }

    /// The regex as it was written, without the anchors that are implied.
    public var regex: String { pattern.source }
}

extension RelabelRule: Hashable {
    /// Rules are the same when they were written the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.action == right.action && left.sourceNames == right.sourceNames && left.modulus == right.modulus
            && left.separatorBytes == right.separatorBytes
            && left.regex.utf8.elementsEqual(right.regex.utf8)
            && left.targetLabel.utf8.elementsEqual(right.targetLabel.utf8)
            && left.replacement.utf8.elementsEqual(right.replacement.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(action)
        hasher.combine(sourceNames)
        hasher.combine(modulus)
        hasher.combine(targetLabel)
    }
}
