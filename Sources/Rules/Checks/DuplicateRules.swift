import YAML
public import Diagnostics
import Metrics

/// Rules of the same name and labels: they write the same series, or make the same alert.
public struct DuplicateRules: Sendable {
    /// What of one file has been there before.
    public struct Findings: Sendable {
        /// A finding for each rule that repeats an earlier one of this file or of one before it, in the order of the file.
        public fileprivate(set) var diagnostics: [Diagnostic] = []
        /// How many rules of this file repeat each other: one that is there three times counts once, as with promtool.
        public fileprivate(set) var countInFile = 0
    }

    /// The findings of each file, in the order in which the files were given.
    public let files: [Findings]

    private struct Identity: Hashable {
        let name: [UInt8]
        let labels: Labels
    }

    private struct Place {
        let file: Int
        let rule: Rule
        let source: SourceText
    }

    public init(in files: [RuleFile]) {
        var first: [Identity: Place] = [:]
        self.files = files.enumerated().map { index, file in
            var findings = Findings()
            var inFile: [Identity: Place] = [:]
            var repeated: Set<Identity> = []
            for group in file.groups {
                for rule in group.rules {
                    let identity = Self.identity(of: rule, in: group)
                    let place = Place(file: index, rule: rule, source: file.source)
                    if inFile[identity] != nil { repeated.insert(identity) }
                    if let before = inFile[identity] ?? first[identity] {
                        findings.diagnostics.append(Self.repetition(of: before, at: place))
                    }
                    if inFile[identity] == nil { inFile[identity] = place }
                }
            }
            first.merge(inFile) { earlier, _ in earlier }
            findings.countInFile = repeated.count
            return findings
        }
    }

    private static func identity(of rule: Rule, in group: RuleGroup) -> Identity {
        let own = rule.labels.map { Label($0.name.value, $0.text.text) }
        let inherited = group.labels.filter { label in
            !rule.labels.contains { $0.name.value.utf8.elementsEqual(label.name.value.utf8) }
        }
        return Identity(
            name: Array(rule.name.value.utf8),
            labels: Labels(own + inherited.map { Label($0.name.value, $0.text.text) })
        )
    }

    private static func repetition(of before: Place, at place: Place) -> Diagnostic {
        let isAcross = before.file != place.file
        let start = before.source.place(of: before.rule.name.range.lowerBound)
        let earlier = isAcross ? "\(before.source.name ?? "another file"):\(start)" : "line \(start.line)"
        return Diagnostic(
            .warning,
            code: isAcross ? "rules/duplicate-across-files" : "rules/duplicate",
            message: "duplicate rule: '\(place.rule.name.value)' with the same labels stands at \(earlier) already",
            range: place.rule.name.range,
            help: place.rule.isRecording
                ? "might cause inconsistency while recording expressions"
                : "give one of them a name or a label of its own",
            source: place.source
        )
    }
}

extension Rule {
    fileprivate var isRecording: Bool {
        if case .recording = kind { true } else { false }
    }
}
