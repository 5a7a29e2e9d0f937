import Diagnostics
import Metrics
public import Playbooks
public import RegularExpressions
import Rules
import Storage
import YAML

/// Runs test files one after the other, each to its end, and remembers what they have seen of the rules.
///
/// Verdicts are those of promtool. On purpose they differ where
/// - Prometheus 3 differs from 2: ranges are open on the left, a test without `interval` uses `evaluation_interval`;
/// - promtool's engine gives up at 10,000 samples in a query;
/// - a series behind an empty line in `values` would silently not be fed in;
/// - a test feeds in or expects native histograms, which are told to be missing;
/// - a test would take more evaluations than `RuleTestWorld.evaluationsMax`.
///
/// Fields that nobody knows are passed over in test files too where that is asked for, as promtool's help says; promtool
/// itself does so in rule files only.
public struct RuleTestRunner {
    public struct Options: Sendable {
        /// Runs only the tests whose names match; nil for all.
        public var selection: Pattern?
        /// Whether keys that nobody knows are passed over.
        public var ignoresUnknownFields: Bool
        /// The actions that playbooks under test may name.
        public var catalogue: ActionCatalogue

        public init(
            selection: Pattern? = nil,
            ignoresUnknownFields: Bool = false,
            catalogue: ActionCatalogue = ActionCatalogue([])
        ) {
            self.selection = selection
            self.ignoresUnknownFields = ignoresUnknownFields
            self.catalogue = catalogue
        }
    }

    private let library: any RuleTestLibrary
    private let options: Options
    private var ruleFiles: [String: LoadedRuleFile] = [:]
    private var uses: [RuleKey: AlertingRuleUse] = [:]
    private var order: [RuleKey] = []
    private var reports: [RuleTestFileReport] = []

    public init(library: any RuleTestLibrary, options: Options = Options()) {
        self.library = library
        self.options = options
    }

    /// What became of all files that were run.
    public var report: RuleTestReport {
        RuleTestReport(files: reports, alertingRules: order.compactMap { uses[$0] })
    }

    @discardableResult
    public mutating func run(_ path: String) -> RuleTestFileReport {
        let report = outcome(of: path)
        reports.append(report)
        return report
    }

    private mutating func outcome(of path: String) -> RuleTestFileReport {
        let source: SourceText
        do {
            source = SourceText(name: path, text: try library.read(path))
        } catch {
            return RuleTestFileReport(
                path: path,
                diagnostics: [],
                unmatchedPatterns: [],
                obstacle: .unreadable(reason: "\(error)"),
                verdicts: []
            )
        }
        let problems = Problems(in: source, toleratesUnknownKeys: options.ignoresUnknownFields)
        guard let file = RuleTestFile(source, problems: problems) else {
            return RuleTestFileReport(
                path: path,
                diagnostics: problems.diagnostics,
                unmatchedPatterns: [],
                obstacle: .malformed,
                verdicts: []
            )
        }
        return run(file, at: path, problems)
    }

    private mutating func run(_ file: RuleTestFile, at path: String, _ problems: Problems) -> RuleTestFileReport {
        let selected = file.tests.filter { options.selection?.matches($0.name) ?? true }
        var rules = RulesUnderTest()
        rules.find(file.ruleFiles, from: PathPattern.folder(of: path), library, problems)
        let playbooks = PlaybooksUnderTest(
            file.playbookFiles,
            from: PathPattern.folder(of: path),
            library,
            options,
            problems
        )
        guard !problems.hasErrors else {
            return RuleTestFileReport(
                path: path,
                diagnostics: problems.diagnostics,
                unmatchedPatterns: [],
                obstacle: .malformed,
                verdicts: []
            )
        }
        for path in rules.paths {
            let loaded = ruleFiles[path] ?? LoadedRuleFile(path, library, options)
            ruleFiles[path] = loaded
            rules.add(loaded, at: path)
        }
        rules.order(by: file.groupOrder.map(\.value))
        note(rules.groups)
        let verdicts = selected.map { test in
            verdict(
                on: test,
                in: file,
                rules,
                playbooks,
                title: AlertingRuleUse.TestName(file: path, title: test.title)
            )
        }
        return RuleTestFileReport(
            path: path,
            diagnostics: problems.diagnostics + rules.diagnostics + playbooks.diagnostics,
            unmatchedPatterns: rules.unmatched + playbooks.unmatched,
            obstacle: nil,
            verdicts: verdicts
        )
    }

    private mutating func verdict(
        on test: RuleTest,
        in file: RuleTestFile,
        _ rules: RulesUnderTest,
        _ playbooks: PlaybooksUnderTest,
        title: AlertingRuleUse.TestName
    ) -> RuleTestVerdict {
        let place = file.source.place(of: test.range.lowerBound)
        func failed(_ fact: RuleTestFailure.Fact) -> RuleTestVerdict {
            RuleTestVerdict(title: test.title, place: place, failures: [RuleTestFailure(fact: fact, place: place)])
        }
        guard rules.isSound else { return failed(.ruleFiles) }
        guard playbooks.isSound || test.playbooks.isEmpty else { return failed(.playbookFiles) }
        let unknown = test.playbooks.isEmpty ? [] : playbooks.unknownNames(in: test.playbooks, of: file.source)
        let problems = test.problems + unknown
        guard problems.isEmpty else { return failed(.malformed(problems)) }
        do throws(StorageRefusal) {
            var world = try RuleTestWorld(test, in: file, groups: rules.groups, playbooks: playbooks)
            world.run()
            note(world.fired, test, rules.groups, title)
            return RuleTestVerdict(title: test.title, place: place, failures: world.failures)
        } catch {
            return failed(.storage(reason: "\(error)"))
        }
    }

    // MARK: What tests have seen of the rules

    private mutating func note(_ groups: [RuleGroupUnderTest]) {
        for group in groups {
            for (key, rule) in group.alertingRules where uses[key] == nil {
                order.append(key)
                let place = ruleFiles[group.file]?.source?.place(of: rule.range.lowerBound)
                uses[key] = AlertingRuleUse(
                    file: group.file,
                    group: key.group,
                    name: rule.name.value,
                    place: place ?? SourcePlace(line: 1, column: 1)
                )
            }
        }
    }

    private mutating func note(
        _ fired: Set<RuleKey>,
        _ test: RuleTest,
        _ groups: [RuleGroupUnderTest],
        _ title: AlertingRuleUse.TestName
    ) {
        for (key, rule) in groups.flatMap(\.alertingRules) {
            let asked = test.alerts.filter { $0.name.utf8.elementsEqual(rule.name.value.utf8) }
            if fired.contains(key) { uses[key]?.firedIn.append(title) }
            if !asked.isEmpty { uses[key]?.askedIn.append(title) }
            if asked.contains(where: { !$0.alerts.isEmpty }) { uses[key]?.expectedIn.append(title) }
        }
    }
}

extension RuleGroupUnderTest {
    fileprivate var alertingRules: [(key: RuleKey, rule: Rule)] {
        group.rules.enumerated().compactMap { place, rule in
            guard case .alerting = rule.kind else { return nil }
            return (RuleKey(file: file, group: group.name.value, rule: place), rule)
        }
    }
}
