import Diagnostics
import JSON

/// `medic explain CODE`
enum ExplainCommand {
    static let json = Flag.on("json", "print JSON instead of text")

    static let command = Command(
        path: ["explain"],
        summary: "explain the code of a problem",
        arguments: [
            Argument(
                placeholder: "CODE",
                summary: "as it stands behind a problem in square brackets",
                isRequired: false
            )
        ],
        flags: [json],
        details: "Without a code, lists the codes there are.",
        examples: [Command.Example(line: "medic explain promql/parse", explanation: "explain one code")],
        exits: [Command.Exit(code: .notFine, meaning: "there is no such code")],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        guard let code = invocation.arguments.first else {
            try console.write(invocation.isSet(json) ? jsonList : list)
            return .fine
        }
        guard let page = Explanation.all.first(where: { $0.code == code }) else {
            let meant = nearest(code, in: Explanation.all.map(\.code)).map { "; did you mean '\($0)'?" } ?? ""
            try console.writeError("medic: there is no code '\(code)'\(meant)")
            return .notFine
        }
        if invocation.isSet(json) {
            var writer = JSONWriter()
            write(page, &writer)
            try console.writeLine(writer.text)
        } else {
            try console.write("\(page.code): \(page.summary)\n\n\(HelpText.filled(page.text))\n")
        }
        return .fine
    }

    private static var list: String {
        let width = Explanation.all.map(\.code.utf8.count).max() ?? 0
        return Explanation.all.map { page in
            page.code + String(repeating: " ", count: width - page.code.utf8.count + 2) + page.summary + "\n"
        }
        .joined()
    }

    private static var jsonList: String {
        var writer = JSONWriter()
        writer.array { writer in
            for page in Explanation.all { write(page, &writer) }
        }
        return writer.text + "\n"
    }

    private static func write(_ page: Explanation, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", page.code)
            writer.member("summary", page.summary)
            writer.member("text", page.text)
        }
    }
}
