/// The manual page in the language of man(7), made from the table of commands.
struct ManualPage {
    let table: CommandTable

    var text: String {
        var lines = [
            ".TH MEDIC 1 \"\" \"\(Version.line)\" \"User Commands\"",
            ".SH NAME", "medic \\- a self-healing supervisor for hosts",
            ".SH SYNOPSIS", ".B medic", ".I COMMAND", "[FLAGS] [ARGUMENTS]",
            ".SH DESCRIPTION", Self.escaped(HelpText.purpose),
            ".SH COMMANDS",
        ]
        for command in table.commands { lines += section(command) }
        lines.append(".SH EXIT STATUS")
        for code in ExitCode.allCases { lines += [".TP", ".B \(code.rawValue)", Self.escaped(code.meaning)] }
        lines += [
            ".SH ENVIRONMENT", ".TP", ".B NO_COLOR", "When set, nothing is coloured.", ".TP", ".B COLUMNS",
            "The width of tables and charts where the output is no terminal.",
        ]
        lines += [".SH SEE ALSO"]
        for page in ["medic.yml (5),", "medic\\-rules (5),", "medic\\-playbooks (5),", "medic (7)"] {
            lines.append(".BR \(page)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ command: Command) -> [String] {
        var lines = [
            ".SS \(Self.escaped(HelpText.usage(of: command)))",
            Self.escaped(command.summary.prefix(1).uppercased() + command.summary.dropFirst() + "."),
        ]
        for argument in command.arguments {
            lines += [".TP", ".I \(Self.escaped(argument.usage))", Self.escaped(argument.summary)]
        }
        for flag in command.flags {
            let usage = (flag.short.map { "-\($0), " } ?? "") + "--\(flag.name)"
            let value = flag.value.map { " \($0.placeholder)" } ?? ""
            lines += [".TP", "\\fB\(Self.escaped(usage))\\fR\(Self.escaped(value))", Self.escaped(flag.summary)]
        }
        for paragraph in HelpText.paragraphs(of: command.details) {
            let isLiteral = paragraph.hasPrefix(" ")
            lines += isLiteral ? [".PP", ".nf", Self.escaped(paragraph), ".fi"] : [".PP", Self.escaped(paragraph)]
        }
        for example in command.examples {
            lines += [
                ".PP", Self.escaped(example.explanation + ":"), ".PP", ".nf", Self.escaped("    " + example.line),
                ".fi",
            ]
        }
        let special = command.exits.map { "\($0.code.rawValue): \($0.meaning)" }
        if !special.isEmpty { lines += [".PP", Self.escaped("Exit codes: " + special.joined(separator: "; ") + ".")] }
        return lines
    }

    /// Dashes stay dashes, backslashes are shown, and no line begins with a request.
    private static func escaped(_ text: some StringProtocol) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var result = line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" : ""
            for character in line {
                switch character {
                case "\\": result += "\\e"
                case "-": result += "\\-"
                default: result.append(character)
                }
            }
            return result
        }
        .joined(separator: "\n")
    }
}
