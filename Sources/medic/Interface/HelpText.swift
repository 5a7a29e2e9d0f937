import Diagnostics

/// The help that people read, made from the table of commands.
struct HelpText {
    private static let width = 80
    private let table: CommandTable

    init(_ table: CommandTable) {
        self.table = table
    }

    static let purpose = """
        medic watches a host's metrics, decides with PromQL what is wrong, treats it with playbooks that people reviewed, \
        and checks that the patient recovered.
        """

    /// `medic help`.
    var overview: String {
        let usage = "medic COMMAND [FLAGS] [ARGUMENTS]\n"
        let rows = table.topics.map { ($0.title, self.rows($0)) }
        let widest = rows.flatMap(\.1).map { TextWidth.columns($0.0) }.max() ?? 0
        let commands = rows.map { "\($0):\n" + Self.columns($1, widest: widest) }.joined(separator: "\n")
        let exits = Self.columns(ExitCode.allCases.map { (String($0.rawValue), $0.meaning) })
        return """
            \(Self.filled(Self.purpose))

            Usage: \(usage)
            \(commands)
            Exit codes:
            \(exits)
            'medic help COMMAND' or 'medic COMMAND --help' tells more about a command.

            """
    }

    /// A line for each command; one for all of a group that has a summary of its own.
    private func rows(_ topic: CommandTable.Topic) -> [(String, String)] {
        var rows: [(String, String)] = []
        for command in topic.commands {
            guard let group = command.path.first, command.path.count > 1, let summary = CommandTable.groups[group]
            else {
                rows.append((command.name, command.summary))
                continue
            }
            guard rows.last?.0 != group else { continue }
            rows.append((group, "\(summary): \(table.words(after: [group]).joined(separator: ", "))"))
        }
        return rows
    }

    /// `medic help check`.
    func text(ofGroup path: [String]) -> String {
        let commands = table.commands.filter { $0.path.starts(with: path) }
        let name = path.joined(separator: " ")
        return """
            Usage: medic \(name) \(table.words(after: path).joined(separator: "|")) ...

            Commands:
            \(Self.columns(commands.map { ($0.name, $0.summary) }))
            'medic \(name) COMMAND --help' tells more about a command.

            """
    }

    /// `medic query --help`.
    func text(of command: Command) -> String {
        var sections = ["\(Self.capitalized(command.summary)).\n", "Usage: \(Self.usage(of: command))\n"]
        if !command.arguments.isEmpty {
            sections.append("Arguments:\n" + Self.columns(command.arguments.map { ($0.usage, $0.summary) }))
        }
        sections.append("Flags:\n" + Self.columns(command.allFlags.map { ($0.usage, $0.summary) }))
        if !command.details.isEmpty { sections.append(Self.filled(command.details) + "\n") }
        if !command.examples.isEmpty {
            let examples = command.examples.map { "  # \($0.explanation)\n  \($0.line)\n" }
            sections.append("Examples:\n" + examples.joined())
        }
        let exits = Self.exits(of: command).map { (String($0.code.rawValue), $0.meaning) }
        sections.append("Exit codes:\n" + Self.columns(exits))
        return sections.joined(separator: "\n")
    }

    static func usage(of command: Command) -> String {
        (["medic"] + command.path + ["[FLAGS]"] + command.arguments.map(\.usage)).joined(separator: " ")
    }

    /// Those of the command, and those that every command has.
    static func exits(of command: Command) -> [Command.Exit] {
        ExitCode.allCases.compactMap { code in
            if let exit = command.exits.first(where: { $0.code == code }) { return exit }
            return code == .fine || code == .usage ? Command.Exit(code: code, meaning: code.meaning) : nil
        }
    }

    // MARK: Layout

    /// Two columns, the second filled to the width.
    private static func columns(_ rows: [(String, String)], widest: Int? = nil) -> String {
        // A term that would leave too little room for its text gets a line of its own.
        let widest = widest ?? rows.map { TextWidth.columns($0.0) }.filter { $0 <= 30 }.max() ?? 0
        let indent = String(repeating: " ", count: widest + 4)
        var text = ""
        for (term, meaning) in rows {
            let lines = wrapped(meaning, to: width - indent.count)
            let isLong = TextWidth.columns(term) > widest
            text += "  " + (isLong ? term : TextWidth.padded(term, to: widest))
            text += isLong ? "\n" + indent : "  "
            text += lines.joined(separator: "\n" + indent) + "\n"
        }
        return text
    }

    /// Paragraphs filled to the width; indented ones stay as they are.
    static func filled(_ text: String) -> String {
        paragraphs(of: text).map { paragraph in
            paragraph.hasPrefix(" ") ? paragraph : wrapped(paragraph, to: width).joined(separator: "\n")
        }
        .joined(separator: "\n\n")
    }

    static func paragraphs(of text: String) -> [String] {
        var paragraphs: [String] = []
        var lines: [Substring] = []
        for line in (text + "\n").split(separator: "\n", omittingEmptySubsequences: false) {
            if !line.isEmpty {
                lines.append(line)
            } else if !lines.isEmpty {
                paragraphs.append(lines.joined(separator: "\n"))
                lines = []
            }
        }
        return paragraphs
    }

    /// Lines of at most so many columns, broken between words where there are any.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if !line.isEmpty && TextWidth.columns(line) + 1 + TextWidth.columns(String(word)) > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }

    private static func capitalized(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }
}
