import Actions
import Diagnostics
import Files
import JSON
import Metrics
import Playbooks
import Proving
import Rules
import Storage
import YAML

/// `medic backtest --rules FILE... --playbooks FILE... --openmetrics FILE`
enum BacktestCommand {
    static let rules = Flag(
        name: "rules",
        value: Flag.Value(placeholder: "FILE", kind: .file),
        summary: "a rule file, or a pattern in quotes; may be given several times",
        isRepeated: true
    )
    static let playbooks = Flag(
        name: "playbooks",
        value: Flag.Value(placeholder: "FILE", kind: .file),
        summary: "a playbook file, or a pattern in quotes; may be given several times",
        isRepeated: true
    )
    static let samples = Flag.file("openmetrics", "the samples: OpenMetrics text with times")
    static let start = Flag.text("start", "TIME", "begin there; default: at the oldest sample")
    static let end = Flag.text("end", "TIME", "end there; default: at the newest sample")
    static let interval = Flag.text(
        "interval",
        "DURATION",
        "how often groups are evaluated that do not say so; default: 1m"
    )
    static let json = Flag.on("json", "print one JSON object instead of text")

    static let command = Command(
        path: ["backtest"],
        summary: "say what rules and playbooks would have done in the past",
        flags: [rules, playbooks, samples, start, end, interval, json],
        details: details,
        examples: [
            Command.Example(
                line: "medic backtest --rules 'rules/*.yml' --playbooks 'playbooks/*.yml' --openmetrics week.om",
                explanation: "see which alerts would have fired in a week, and what would have been run"
            )
        ],
        exits: [Command.Exit(code: .notFine, meaning: "a file cannot be used")],
        run: run
    )

    private static let details = """
        Time passes as fast as it can. Deeds are taken to succeed and units to be running; the samples stay what they are, \
        so that whether a run would have healed is what they say of the time after it. Unit tests of patterns, files that end \
        in _test.yml, are left out. Samples from a Prometheus: promtool tsdb dump-openmetrics.
        """ + "\n\n" + MomentArgument.help

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        guard let path = invocation.value(of: samples) else {
            throw UsageError("--openmetrics is missing", for: invocation.command)
        }
        guard invocation.isSet(rules) else { throw UsageError("--rules is missing", for: invocation.command) }
        guard let rules = try readRules(invocation, console), let library = try readPlaybooks(invocation, console),
            let file = try SampleFile.open(path, console)
        else { return .notFine }
        let end = try moment(Self.end, invocation, base: file.newest) ?? file.newest
        let start = try moment(Self.start, invocation, base: file.newest) ?? file.oldest
        guard start <= end else { throw UsageError("--start is after --end", for: invocation.command) }
        var interval = Milliseconds.minutes(1)
        if let text = invocation.value(of: Self.interval) {
            interval = try MomentArgument.step(text, of: Self.interval, for: invocation.command)
        }
        var backtest = try Backtest(
            rules,
            library,
            catalogue: .medic,
            over: file.store,
            from: start,
            interval: interval
        )
        let report = try Progress.during("going through \(Span.text(end - start))", console) { progress in
            try backtest.run(until: end) { progress.reached($0) }
        }
        let screen = BacktestScreen(report, from: start, to: end)
        if invocation.isSet(json) {
            try console.writeLine(screen.json)
        } else {
            try console.write(screen.text(console.output))
        }
        return .fine
    }

    private static func moment(_ flag: Flag, _ invocation: Invocation, base: Timestamp) throws(UsageError) -> Timestamp?
    {
        guard let text = invocation.value(of: flag) else { return nil }
        return try MomentArgument.parse(text, of: flag, from: base, for: invocation.command)
    }

    // MARK: Files

    private static func paths(_ flag: Flag, _ invocation: Invocation) throws -> [String] {
        var paths: [String] = []
        for pattern in invocation.values(of: flag) {
            let found = try FileSystem.matches(pattern)
            // A file that is not there is told of when it is read.
            if found.isEmpty { paths.append(pattern) }
            paths += found.count == 1 ? found : found.filter { !$0.hasSuffix("_test.yml") }
        }
        return paths
    }

    private static func readRules(_ invocation: Invocation, _ console: Console) throws -> [Backtest.Rules]? {
        var files: [Backtest.Rules] = []
        var isSound = true
        for path in try paths(rules, invocation) {
            let source = SourceText(name: path, text: try console.readText(path))
            let problems = YAML.Problems(in: source)
            if let file = RuleFile(source, problems: problems) {
                files.append(Backtest.Rules(path: path, file: file))
            } else {
                isSound = false
            }
            try Problems(console).show(problems.diagnostics)
        }
        return isSound ? files : nil
    }

    private static func readPlaybooks(_ invocation: Invocation, _ console: Console) throws -> PlaybookLibrary? {
        var files: [PlaybookFile] = []
        var isSound = true
        for path in try paths(playbooks, invocation) {
            let source = SourceText(name: path, text: try console.readText(path))
            let problems = YAML.Problems(in: source)
            let surroundings = PlaybookSurroundings(catalogue: .medic)
            if let file = PlaybookFile(source, problems: problems, surroundings: surroundings) {
                files.append(file)
            } else {
                isSound = false
            }
            try Problems(console).show(problems.diagnostics)
        }
        return isSound ? PlaybookLibrary(files) : nil
    }
}
