import Diagnostics
import Proving
import Rules
import YAML

/// A rule file as far as it could be read.
struct ReviewedFile {
    let name: String
    /// Why there is no text; nil where there is one.
    var failure: String?
    var file: RuleFile?
    var errors: [Diagnostic] = []

    init(name: String, failure: String) {
        self.name = name
        self.failure = failure
    }

    init(_ source: SourceText, toleratesUnknownKeys: Bool) {
        name = source.name ?? ""
        let problems = YAML.Problems(in: source, toleratesUnknownKeys: toleratesUnknownKeys)
        file = RuleFile(source, problems: problems)
        errors = problems.diagnostics
    }
}

/// What there is to say of several rule files together.
struct RuleReview {
    /// Which findings count as such, in promtool's words.
    enum Lint: String {
        case all
        case duplicateRules = "duplicate-rules"
        case none
    }

    struct Verdict {
        let file: ReviewedFile
        let diagnostics: [Diagnostic]
        /// How many rules repeat an earlier one of the file.
        let duplicateCount: Int
    }

    let verdicts: [Verdict]
    /// Whether there is a finding that counts.
    let hasLint: Bool

    init(_ files: [ReviewedFile], facts: RuleFacts, uses: [AlertingRuleUse], lint: Lint) {
        let sound = files.compactMap(\.file)
        var facts = facts
        facts.metrics?.formUnion(sound.flatMap(\.recordedMetrics))
        var duplicates = DuplicateRules(in: sound).files[...]
        verdicts = files.map { file in
            guard let rules = file.file, let repeated = duplicates.popFirst(), lint != .none else {
                return Verdict(file: file, diagnostics: file.errors, duplicateCount: 0)
            }
            let findings =
                file.errors + rules.findings(facts) + repeated.diagnostics
                + Self.unprovable(in: rules, uses)
            return Verdict(file: file, diagnostics: findings.inFileOrder(), duplicateCount: repeated.countInFile)
        }
        hasLint =
            switch lint {
            case .none: false
            case .duplicateRules: verdicts.contains { $0.duplicateCount > 0 }
            case .all: verdicts.contains { $0.diagnostics.contains { $0.severity == .warning } }
            }
    }

    /// The alerts whose unit tests could not have failed.
    private static func unprovable(in file: RuleFile, _ uses: [AlertingRuleUse]) -> [Diagnostic] {
        file.groups.flatMap { group in
            group.rules.compactMap { rule in
                let start = file.source.place(of: rule.range.lowerBound)
                // A test names its rule files as seen from its own folder, so only the last part of a path is compared.
                let use = uses.first {
                    $0.isVacuous && $0.place == start && $0.name == rule.name.value && $0.group == group.name.value
                        && lastPart($0.file) == lastPart(file.source.name ?? "")
                }
                return use.map { use in
                    Diagnostic(
                        .warning,
                        code: "rules/vacuous-tests",
                        message: "'\(use.name)' never fires in any of its tests, so they could not fail",
                        range: rule.name.range,
                        help: "add a test in which it fires",
                        source: file.source
                    )
                }
            }
        }
    }

    private static func lastPart(_ path: String) -> Substring {
        path.split(separator: "/").last ?? ""
    }

    var hasErrors: Bool {
        verdicts.contains { $0.file.file == nil }
    }
}

extension RuleReview.Verdict {
    /// The lines that promtool prints for a file.
    var summary: String {
        var text = "Checking \(file.name)\n"
        if let failure = file.failure {
            text += "  FAILED: \(failure)\n"
        } else if duplicateCount > 0 {
            text += "  FAILED: lint error \(duplicateCount) duplicate rule(s) found.\n"
        } else if let rules = file.file {
            text += "  SUCCESS: \(rules.groups.reduce(0) { $0 + $1.rules.count }) rules found\n"
        } else {
            let count = diagnostics.count { $0.severity == .error }
            text += "  FAILED: \(count) \(count == 1 ? "error" : "errors")\n"
        }
        return text
    }
}
