import Diagnostics
import Metrics

/// Reads a script command by command. A block with a mistake is reported and left out; the next one is read all the same.
struct ScriptParser {
    let source: SourceText
    let lines: [ScriptLine]
    /// The line that comes next.
    var index = 0
    var commands: [PromQLScript.Command] = []
    var problems: [Diagnostic] = []

    init(_ source: SourceText) {
        self.source = source
        lines = ScriptLine.all(in: source.text)
    }

    mutating func parse() {
        while index < lines.count {
            let line = lines[index]
            index += 1
            if !line.isEmpty { parseCommand(line) }
        }
    }

    private mutating func parseCommand(_ line: ScriptLine) {
        var cursor = LineCursor(line)
        let verb = cursor.word()
        do throws(ScriptProblem) {
            switch verb.text.lowercased() {
            case "clear": commands.append(try parseClear(&cursor))
            case "load": commands.append(.load(try parseLoad(&cursor, convertsHistograms: false)))
            case "load_with_nhcb": commands.append(.load(try parseLoad(&cursor, convertsHistograms: true)))
            case "eval", "eval_fail", "eval_warn", "eval_info", "eval_ordered":
                commands.append(.evaluate(try parseEvaluation(&cursor, verb: verb.text.lowercased())))
            default:
                let meant = nearest(verb.text, in: ["clear", "load", "load_with_nhcb", "eval"])
                throw ScriptProblem(
                    "unknown command \(Labels.quoted(verb.text)), expected clear, load, load_with_nhcb or eval",
                    at: verb.range,
                    help: meant.map { "did you mean \"\($0)\"?" }
                )
            }
        } catch {
            report(error)
            skipBlock()
        }
    }

    private func parseClear(_ cursor: inout LineCursor) throws(ScriptProblem) -> PromQLScript.Command {
        let rest = cursor.rest()
        guard rest.text.isEmpty else { throw ScriptProblem("nothing may follow clear", at: rest.range) }
        return .clear
    }

    /// The next line of the block, or nil at its end.
    mutating func nextBlockLine() -> ScriptLine? {
        guard index < lines.count, !lines[index].isEmpty else { return nil }
        defer { index += 1 }
        return lines[index]
    }

    mutating func skipBlock() {
        while nextBlockLine() != nil {}
    }

    mutating func report(_ problem: ScriptProblem) {
        for fact in problem.facts {
            problems.append(
                Diagnostic(
                    problem.severity,
                    code: "promql-script/syntax",
                    message: fact.message,
                    range: fact.range,
                    help: fact.help,
                    source: source
                )
            )
        }
    }

    /// Reads a word as a duration.
    static func duration(_ word: LineCursor.Piece, of what: String) throws(ScriptProblem) -> Milliseconds {
        do throws(DurationError) {
            return try Milliseconds(promQL: word.text)
        } catch {
            let message = word.text.isEmpty ? "\(what) is missing" : "\(what): \(error)"
            throw ScriptProblem(message, at: word.range, help: "durations are written like 5m, 1h30m, 100ms or 0")
        }
    }

    /// Reads a word as a moment: a duration since the epoch.
    static func moment(_ word: LineCursor.Piece, of what: String) throws(ScriptProblem) -> Timestamp {
        Timestamp.epoch + (try duration(word, of: what))
    }
}

/// What is wrong with a line of a script; in a selector at several places.
struct ScriptProblem: Error {
    struct Fact {
        var message: String
        var range: Range<Int>
        var help: String?
    }

    var facts: [Fact]
    var severity = Diagnostic.Severity.error

    init(_ message: String, at range: Range<Int>, help: String? = nil) {
        facts = [Fact(message: message, range: range, help: help)]
    }

    init(facts: [Fact]) {
        self.facts = facts
    }
}
