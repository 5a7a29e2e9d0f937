import Actions
import Diagnostics
import Files
import Playbooks
import Proving
import RegularExpressions

/// `medic test [rules] FILE...`
enum TestRulesCommand {
    static let selection = Flag(
        name: "run",
        value: Flag.Value(placeholder: "RE", kind: .text),
        summary: "run only the tests whose names match; may be given several times",
        isRepeated: true
    )
    static let tolerance = Flag.on("ignore-unknown-fields", "pass over keys that nobody knows, in tests and in rules")
    static let verbose = Flag.on("verbose", short: "v", "name every test, and rules whose tests could not fail")
    static let vacuous = Flag.on("warn-vacuous", "tell of alerts that never fire in the tests that ask for them")
    static let json = Flag.on("json", "print one JSON object instead of text")
    static let junit = Flag.file("junit", "write the verdicts there too, as JUnit XML")

    static let command = Command(
        path: ["test", "rules"],
        isStandard: true,
        summary: "run unit tests of rules and playbooks",
        arguments: [
            Argument(placeholder: "FILE", summary: "test files as for promtool", kind: .file, isRepeated: true)
        ],
        flags: [selection, tolerance, verbose, vacuous, json, junit],
        details: details,
        examples: [
            Command.Example(line: "medic test rules/*_test.yml", explanation: "run all tests of a folder"),
            Command.Example(line: "medic test --run 'disk' host_test.yml", explanation: "run some tests of a file"),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "every test passed"),
            Command.Exit(code: .notFine, meaning: "a test failed, or a file cannot be used"),
        ],
        run: run
    )

    private static let details = """
        Test files have the format of Prometheus and get the verdicts that promtool gives them. Time is virtual: hours pass \
        in milliseconds. The word rules may be left out. All files and all tests are run, whatever fails before.

        Of a failure the expected lines stand behind -, those that came instead behind +; an alert that did not fire \
        tells how near it came.

        A test may go on to playbooks: playbook_files names them, actions says what comes of deeds (they succeed unless it \
        says otherwise), units, operator and restarts what else happens, and each entry of playbook_test what must have come \
        of a playbook by a time: state, steps, refused_by, notifications.

        A file that names config_files has tests of routes, as 'medic test routes' runs them.

        Where Prometheus 2 and 3 differ, 3 is right: ranges are open on the left, a test without an interval uses the \
        evaluation_interval. A query may use more samples than promtool lets it.
        """

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let options = RuleTestRunner.Options(
            selection: try pattern(invocation),
            ignoresUnknownFields: invocation.isSet(tolerance),
            catalogue: .medic
        )
        var runner = RuleTestRunner(library: RuleTestFolder(console), options: options)
        let text = RuleReportText(
            terminal: console.output,
            isVerbose: invocation.isSet(verbose),
            warnsOfVacuous: invocation.isSet(vacuous) || invocation.isSet(verbose)
        )
        var routesPass = true
        for path in invocation.arguments {
            if TestRoutesCommand.isTest(path, console) {
                let outcome = TestRoutesCommand.outcome(of: path, console, isVerbose: invocation.isSet(verbose))
                routesPass = routesPass && outcome.isSuccess
                if invocation.isSet(json) {
                    if !outcome.isSuccess { try console.writeError(outcome.text) }
                } else {
                    try console.write(outcome.text)
                }
                continue
            }
            let report = runner.run(path)
            if !invocation.isSet(json) { try console.write(text.text(of: report)) }
        }
        let report = runner.report
        if invocation.isSet(json) {
            try console.writeLine(RuleReportJSON.text(of: report))
        } else {
            try console.write(text.text(of: report.alertingRules))
        }
        if let file = invocation.value(of: junit) {
            try FileSystem.replace(file, with: Array(report.junitXML(at: WallClock.now()).utf8))
        }
        return report.isSuccess && routesPass ? .fine : .notFine
    }

    private static func pattern(_ invocation: Invocation) throws(UsageError) -> Pattern? {
        let texts = invocation.values(of: selection)
        guard !texts.isEmpty else { return nil }
        do throws(PatternError) {
            return try Pattern(texts.map { "(?:\($0))" }.joined(separator: "|"), anchored: false)
        } catch {
            throw UsageError("--run: \(error.reason)", for: invocation.command)
        }
    }
}

/// The files on disk, and standard input for `-`.
struct RuleTestFolder: RuleTestLibrary {
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    func read(_ path: String) throws -> String { try console.readText(path) }

    func names(in folder: String) -> [String] { (try? FileSystem.list(folder)) ?? [] }

    func exists(_ path: String) -> Bool { (try? FileSystem.statusIfPresent(path)) ?? nil != nil }
}
