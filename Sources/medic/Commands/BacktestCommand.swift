import Actions
import Agent
import Configuration
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
    static let datasource = Flag.text(
        "datasource",
        "URL",
        "the samples: those of a Prometheus, or whoever speaks its API; or the name of one under 'datasources'"
    )
    static let configuration = Flag.file(
        "config",
        "the configuration that names the datasource; default: \(Places.configuration)"
    )
    static let start = Flag.text("start", "TIME", "begin there; default: at the oldest sample of the file")
    static let end = Flag.text("end", "TIME", "end there; default: at the newest sample of the file, or now")
    static let interval = Flag.text(
        "interval",
        "DURATION",
        "how often groups are evaluated that do not say so; default: 1m"
    )
    static let json = Flag.on("json", "print one JSON object instead of text")

    static let command = Command(
        path: ["backtest"],
        summary: "say what rules and playbooks would have done in the past",
        flags: [
            rules, playbooks, samples, datasource, configuration, AgentArguments.tokenFile, start, end, interval, json,
        ],
        details: details,
        examples: [
            Command.Example(
                line: "medic backtest --rules 'rules/*.yml' --playbooks 'playbooks/*.yml' --openmetrics week.om",
                explanation: "see which alerts would have fired in a week, and what would have been run"
            ),
            Command.Example(
                line: "medic backtest --rules 'rules/*.yml' --datasource http://prometheus:9090 --start now-1d",
                explanation: "the same with the samples of a Prometheus"
            ),
        ],
        exits: [
            Command.Exit(code: .notFine, meaning: "a file cannot be used, or the datasource refuses a query"),
            Command.Exit(code: .unreachable, meaning: "the datasource cannot be reached"),
        ],
        run: run
    )

    private static let details = """
        Time passes as fast as it can. Deeds are taken to succeed and units to be running; the samples stay what they are, \
        so that whether a run would have healed is what they say of the time after it. Unit tests of patterns, files that end \
        in _test.yml, are left out. With --datasource, --start must be given; of each series that rules and playbooks select, \
        every sample is fetched, as far back before --start as the rules look: for an hour at a time, and for less where the \
        server gives no more at once. Credentials, TLS and further parameters are those that a configuration says of the datasource \
        by that name, or by that address where --config is given. That interface does not tell when a series ended: one whose target \
        is gone counts for five minutes more.
        """ + "\n\n" + MomentArgument.help

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        guard invocation.isSet(samples) != invocation.isSet(datasource) else {
            throw UsageError("one of --openmetrics and --datasource is needed", for: invocation.command)
        }
        guard invocation.isSet(rules) else { throw UsageError("--rules is missing", for: invocation.command) }
        guard let rules = try readRules(invocation, console), let library = try readPlaybooks(invocation, console),
            let past = try past(of: rules, library, invocation, console)
        else { return .notFine }
        let (start, end) = (past.start, past.end)
        var interval = Milliseconds.minutes(1)
        if let text = invocation.value(of: Self.interval) {
            interval = try MomentArgument.step(text, of: Self.interval, for: invocation.command)
        }
        var backtest = try Backtest(
            rules,
            library,
            catalogue: .medic,
            over: past.store,
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

    /// What there was, and when.
    private struct Past {
        let store: SampleStore
        let start: Timestamp
        let end: Timestamp
    }

    private static func past(
        of rules: [Backtest.Rules],
        _ library: PlaybookLibrary,
        _ invocation: Invocation,
        _ console: Console
    ) throws -> Past? {
        if let url = invocation.value(of: datasource) {
            let now = WallClock.now()
            guard let start = try moment(Self.start, invocation, base: now) else {
                throw UsageError("--start is missing: a datasource has no beginning", for: invocation.command)
            }
            let end = try moment(Self.end, invocation, base: now) ?? now
            guard start <= end else { throw UsageError("--start is after --end", for: invocation.command) }
            let wanted = PastSamples(rules, library)
            if wanted.untold > 0 {
                try console.writeError(
                    "warning: \(wanted.untold) selectors say too little to be asked for: they find nothing"
                )
            }
            guard let client = try client(of: url, invocation, console) else { return nil }
            let store = try Progress.during("fetching samples from \(client.address)", console) { _ in
                try wanted.fetch(from: client, start: start, end: end)
            }
            return Past(store: store, start: start, end: end)
        }
        guard let path = invocation.value(of: samples), let file = try SampleFile.open(path, console) else {
            return nil
        }
        let end = try moment(Self.end, invocation, base: file.newest) ?? file.newest
        let start = try moment(Self.start, invocation, base: file.newest) ?? file.oldest
        guard start <= end else { throw UsageError("--start is after --end", for: invocation.command) }
        return Past(store: file.store, start: start, end: end)
    }

    /// Whoever is asked for samples; nil where the configuration cannot be used or names no such datasource.
    private static func client(of text: String, _ invocation: Invocation, _ console: Console) throws -> AgentClient? {
        let tokenFile = invocation.value(of: AgentArguments.tokenFile)
        let isAddress = text.contains("://")
        if isAddress, !invocation.isSet(configuration) { return try AgentClient(.url(text), tokenFile: tokenFile) }
        guard tokenFile == nil else {
            throw UsageError("give either --token-file or a datasource of --config", for: invocation.command)
        }
        guard invocation.isSet(configuration) || Places.exists(Places.configuration) else {
            throw UsageError(
                "'\(text)' is no address such as http://prometheus:9090, and there is no \(Places.configuration) to name it",
                for: invocation.command
            )
        }
        let path = invocation.value(of: configuration) ?? Places.configuration
        let (read, diagnostics) = ConfigurationLoader(path: path, isLenient: true).read()
        guard let read else {
            try Problems(console).show(diagnostics)
            return nil
        }
        guard let settings = DatasourceSettings.named(Placed(text, range: 0..<0), among: read.datasources) else {
            let names = read.datasources.map(\.name.value)
            let known = names.isEmpty ? "it names none" : "known there: \(names.joined(separator: ", "))"
            try console.writeError("medic: \(path) names no datasource '\(text)'; \(known)")
            return nil
        }
        return try AgentClient(settings)
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
