import Diagnostics
import Files
import JSON
import Metrics
import Proving
import Rules
import Storage

/// `medic check rules FILE...`
enum CheckRulesCommand {
    static let lint = Flag.choice(
        "lint",
        ["all", "duplicate-rules", "none"],
        "which findings count with --lint-fatal; none: find nothing; default: duplicate-rules"
    )
    static let lintFatal = Flag.on("lint-fatal", "exit with 3 when there are findings that count")
    static let tolerance = Flag.on("ignore-unknown-fields", "pass over keys that nobody knows")
    static let samples = Flag.file("openmetrics", "tell of metrics that this file of samples does not have")
    static let agent = Flag.on("agent", "tell of metrics that the agent, or whoever --url names, does not have")
    static let tests = Flag(
        name: "tests",
        value: Flag.Value(placeholder: "FILE", kind: .file),
        summary: "tell of alerts that never fire in these unit tests; may be given several times",
        isRepeated: true
    )
    static let interval = Flag.text(
        "interval",
        "DURATION",
        "how often groups are evaluated that do not say so; default: 1m"
    )
    static let scrapeInterval = Flag.text("scrape-interval", "DURATION", "how often targets are read; default: 15s")
    static let format = Problems.format

    static let command = Command(
        path: ["check", "rules"],
        summary: "check rule files",
        arguments: [
            Argument(
                placeholder: "FILE",
                summary: "rule files; - or none for standard input",
                kind: .file,
                isRequired: false,
                isRepeated: true
            )
        ],
        flags: [lint, lintFatal, tolerance, samples, agent, tests, interval, scrapeInterval, format]
            + AgentArguments.way,
        details: details,
        examples: [
            Command.Example(line: "medic check rules rules/*.yml", explanation: "see what is wrong, and what may be"),
            Command.Example(
                line: "medic check rules --lint all --lint-fatal --format github rules/*.yml",
                explanation: "fail a build on GitHub for any finding, and show each beside its line"
            ),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "every file can be used"),
            Command.Exit(code: .notFine, meaning: "a file cannot be used"),
            Command.Exit(code: .lint, meaning: "with --lint-fatal: a warning that --lint makes count"),
        ],
        run: run
    )

    private static let details = """
        A file that cannot be used has errors. Besides, warnings name what is allowed but likely a mistake: a condition \
        that never holds, an annotation that reads a label which the expression takes away, a metric that no target has \
        shown. Files with errors are searched for such things once they can be read.

        As with promtool only rules that are there twice in a file count with --lint-fatal, unless --lint all is given. \
        Information never counts. 'medic explain CODE' tells more of each.
        """

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        var facts = RuleFacts(
            evaluationInterval: try duration(interval, invocation),
            scrapeInterval: try duration(scrapeInterval, invocation)
        )
        if let path = invocation.value(of: samples) {
            guard let names = try metricNames(path, console) else { return .notFine }
            facts.metrics = names
        }
        if let names = try metricNamesOfAgent(invocation) { facts.metrics = (facts.metrics ?? []).union(names) }
        let paths = invocation.arguments.isEmpty ? ["-"] : invocation.arguments
        guard paths.count(where: { $0 == "-" }) + (invocation.value(of: samples) == "-" ? 1 : 0) <= 1 else {
            throw UsageError("standard input can be read only once", for: command)
        }
        let lintLevel = RuleReview.Lint(rawValue: invocation.value(of: lint) ?? "") ?? .duplicateRules
        let files = paths.map { read($0, console, toleratesUnknownKeys: invocation.isSet(tolerance)) }
        guard let uses = try uses(invocation, console) else { return .notFine }
        let review = RuleReview(files, facts: facts, uses: uses, lint: lintLevel)
        let form = invocation.value(of: format) ?? DiagnosticFormat.text.rawValue
        if form == DiagnosticFormat.text.rawValue {
            for verdict in review.verdicts {
                try console.write(verdict.summary)
                try Problems(console).report(verdict.diagnostics, as: form)
                try console.write("\n")
            }
        } else {
            for case let failure? in review.verdicts.map(\.file.failure) { try console.writeError("medic: \(failure)") }
            try Problems(console).report(review.verdicts.flatMap(\.diagnostics), as: form)
        }
        if review.hasErrors { return .notFine }
        return invocation.isSet(lintFatal) && review.hasLint ? .lint : .fine
    }

    private static func read(
        _ path: String,
        _ console: Console,
        toleratesUnknownKeys: Bool
    ) -> ReviewedFile {
        let name = path == "-" ? "standard input" : path
        do throws(FileError) {
            let text = try console.readText(path)
            return ReviewedFile(SourceText(name: name, text: text), toleratesUnknownKeys: toleratesUnknownKeys)
        } catch {
            // The other files are looked at all the same.
            return ReviewedFile(name: name, failure: "\(error)")
        }
    }

    private static func duration(_ flag: Flag, _ invocation: Invocation) throws(UsageError) -> Milliseconds? {
        guard let text = invocation.value(of: flag) else { return nil }
        guard let span = try? Milliseconds(promQL: text), span > .zero else {
            throw UsageError("--\(flag.name) is a duration such as 30s or 1m, not '\(text)'", for: command)
        }
        return span
    }

    /// What unit tests have seen of the alerts; nil when a test file cannot be used, after telling why.
    private static func uses(_ invocation: Invocation, _ console: Console) throws -> [AlertingRuleUse]? {
        let options = RuleTestRunner.Options(ignoresUnknownFields: invocation.isSet(tolerance))
        var runner = RuleTestRunner(library: RuleTestFolder(console), options: options)
        for path in invocation.values(of: tests) {
            let report = runner.run(path)
            guard let obstacle = report.obstacle else { continue }
            if case .unreadable(let reason) = obstacle { try console.writeError("medic: \(reason)") }
            try Problems(console).show(report.diagnostics)
            return nil
        }
        return runner.report.alertingRules
    }

    /// The names of the metrics in a file of samples; nil when it cannot be read, after telling why.
    private static func metricNames(_ path: String, _ console: Console) throws -> Set<String>? {
        guard let file = try SampleFile.open(path, console) else { return nil }
        return Set(file.store.readIndex { $0.labelValues(of: Labels.metricName, matching: []) })
    }

    /// The names of the metrics that an agent has; nil when none is to be asked.
    private static func metricNamesOfAgent(_ invocation: Invocation) throws -> Set<String>? {
        guard invocation.isSet(agent) else {
            if let flag = AgentArguments.way.first(where: invocation.isSet) {
                throw UsageError("--\(flag.name) has a meaning only with --agent", for: command)
            }
            return nil
        }
        let names = try AgentArguments.client(invocation).get("/api/v1/label/__name__/values")
        return Set((names.array ?? []).compactMap(\.string))
    }
}
