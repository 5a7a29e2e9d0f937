import Actions
import Diagnostics
import Files
import Playbooks
import YAML

/// `medic check playbooks FILE...`
enum CheckPlaybooksCommand {
    static let lintFatal = Flag.on("lint-fatal", "exit with 3 when there are warnings")
    static let tolerance = Flag.on("ignore-unknown-fields", "pass over keys that nobody knows")
    static let format = Problems.format

    static let command = Command(
        path: ["check", "playbooks"],
        summary: "check playbook files",
        arguments: [
            Argument(
                placeholder: "FILE",
                summary: "playbook files; - or none for standard input",
                kind: .file,
                isRequired: false,
                isRepeated: true
            )
        ],
        flags: [lintFatal, tolerance, format],
        details: """
            Everything that is wrong is told in one pass: unknown keys and actions, arguments that an action refuses, \
            templates that read what nobody knows, expressions that do not parse, playbooks that run each other in a \
            circle. Besides, warnings name what is allowed but likely a mistake, such as a verification that ends \
            before it can succeed.

            The files are looked at together, as if all of them were in force; beside one that cannot be used, the others \
            still are. Receivers, time intervals and \
            permissions belong to the configuration and are checked with it. 'medic explain CODE' tells more of each.
            """,
        examples: [
            Command.Example(
                line: "medic check playbooks playbooks/*.yml",
                explanation: "see what is wrong, and what may be"
            ),
            Command.Example(
                line: "medic check playbooks --lint-fatal --format github playbooks/*.yml",
                explanation: "fail a build on GitHub for any finding, and show each beside its line"
            ),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "every file can be used"),
            Command.Exit(code: .notFine, meaning: "a file cannot be used"),
            Command.Exit(code: .lint, meaning: "with --lint-fatal: a warning"),
        ],
        run: run
    )

    /// A playbook file as far as it could be read.
    private struct Review {
        let name: String
        var failure: String?
        var file: PlaybookFile?
        /// The names of its playbooks; nil when nobody can tell.
        var names: [String]?
        var diagnostics: [Diagnostic] = []

        var hasErrors: Bool { failure != nil || diagnostics.contains { $0.severity == .error } }

        var summary: String {
            if let failure { return "Checking \(name)\n  FAILED: \(failure)\n" }
            let count = diagnostics.count { $0.severity == .error }
            if count > 0 { return "Checking \(name)\n  FAILED: \(count) \(count == 1 ? "error" : "errors")\n" }
            let found = file?.playbooks.count ?? 0
            return "Checking \(name)\n  SUCCESS: \(found) \(found == 1 ? "playbook" : "playbooks") found\n"
        }
    }

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let paths = invocation.arguments.isEmpty ? ["-"] : invocation.arguments
        guard paths.count(where: { $0 == "-" }) <= 1 else {
            throw UsageError("standard input can be read only once", for: command)
        }
        var reviews = paths.map { read($0, console, toleratesUnknownKeys: invocation.isSet(tolerance)) }
        let unusable = reviews.filter { $0.file == nil }.map(\.names)
        // Of a file that cannot be read nobody knows which playbooks it would have held.
        let names = unusable.contains(nil) ? nil : unusable.flatMap { $0 ?? [] }
        for problem in PlaybookLibrary(reviews.compactMap(\.file)).problems(beside: names) {
            guard let place = reviews.firstIndex(where: { $0.name == problem.source.name }) else { continue }
            reviews[place].diagnostics.append(problem)
        }
        try report(reviews, as: invocation.value(of: format) ?? DiagnosticFormat.text.rawValue, console)
        if reviews.contains(where: \.hasErrors) { return .notFine }
        let hasWarnings = reviews.contains { $0.diagnostics.contains { $0.severity == .warning } }
        return invocation.isSet(lintFatal) && hasWarnings ? .lint : .fine
    }

    private static func report(_ reviews: [Review], as form: String, _ console: Console) throws {
        guard form == DiagnosticFormat.text.rawValue else {
            for case let failure? in reviews.map(\.failure) { try console.writeError("medic: \(failure)") }
            try Problems(console).report(reviews.flatMap { $0.diagnostics.inFileOrder() }, as: form)
            return
        }
        for review in reviews {
            try console.write(review.summary)
            try Problems(console).report(review.diagnostics.inFileOrder(), as: form)
            try console.write("\n")
        }
    }

    private static func read(_ path: String, _ console: Console, toleratesUnknownKeys: Bool) -> Review {
        let name = path == "-" ? "standard input" : path
        do throws(FileError) {
            let source = SourceText(name: name, text: try console.readText(path))
            let problems = YAML.Problems(in: source, toleratesUnknownKeys: toleratesUnknownKeys)
            let file = PlaybookFile(source, problems: problems, surroundings: PlaybookSurroundings(catalogue: .medic))
            let names = file == nil ? PlaybookFile.names(in: source) : nil
            return Review(name: name, file: file, names: names, diagnostics: problems.diagnostics)
        } catch {
            // The other files are looked at all the same.
            return Review(name: name, failure: "\(error)")
        }
    }
}
