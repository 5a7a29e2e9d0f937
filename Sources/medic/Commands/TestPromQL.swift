import Diagnostics
import Files
import JSON
import Proving

/// `medic test promql FILE...`
enum TestPromQLCommand {
    static let verbose = Flag.on("verbose", short: "v", "name every evaluation, the skipped ones with the reason")
    static let json = Flag.on("json", "print one JSON object instead of text")

    static let command = Command(
        path: ["test", "promql"],
        summary: "run PromQL test scripts",
        arguments: [
            Argument(placeholder: "FILE", summary: "scripts with load and eval commands", kind: .file, isRepeated: true)
        ],
        flags: [verbose, json],
        details: """
            The language is that of Prometheus's own test scripts. An instant evaluation is also run with the time pinned \
            by @ at other times, and as the middle step of a range query: all must agree.

            Evaluations that need native histograms are not run; they are counted and, with -v, named.
            """,
        examples: [
            Command.Example(line: "medic test promql -v *.test", explanation: "run all scripts of a folder")
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "everything that was run passed"),
            Command.Exit(code: .notFine, meaning: "an evaluation failed, or a script cannot be read"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        var reports: [PromQLScriptReport] = []
        var isFine = true
        let isJSON = invocation.isSet(json)
        for path in invocation.arguments {
            let text: String
            do throws(FileError) {
                text = try console.readText(path)
            } catch {
                try console.writeError("medic: \(error)")
                isFine = false
                continue
            }
            let report = PromQLScriptRunner.run(PromQLScript(SourceText(name: path, text: text)))
            isFine = isFine && report.isSuccess
            if !isJSON {
                try Problems(console).show(report.diagnostics)
                let drawing = ScriptReportText(terminal: console.output, isVerbose: invocation.isSet(verbose))
                try console.write(drawing.text(of: report))
            }
            reports.append(report)
        }
        if isJSON {
            try console.writeLine(ScriptReportJSON.text(of: reports))
        } else if invocation.arguments.count > 1 {
            try console.writeLine("total: \(ScriptReportText.summary(of: reports))")
        }
        return isFine ? .fine : .notFine
    }
}
