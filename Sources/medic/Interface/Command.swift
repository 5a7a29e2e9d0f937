/// One verb of the command line: everything that parsing it, its help, the manual and the shells' completions need.
struct Command: Sendable {
    /// The words that name it: `["check", "metrics"]`.
    let path: [String]
    /// Whether it is meant too when its last word is left out and no other command of the group is named.
    var isStandard = false
    /// What it is for, in a line without a full stop.
    let summary: String
    var arguments: [Argument] = []
    var flags: [Flag] = []
    /// Paragraphs, divided by empty lines. A paragraph of indented lines is kept as it is.
    var details = ""
    var examples: [Example] = []
    /// What the exit codes mean here, besides those that mean the same everywhere.
    var exits: [Exit] = []
    let run: @Sendable (Invocation, Console) throws -> ExitCode

    var name: String { path.joined(separator: " ") }

    /// The flags that every command takes are not listed with each.
    var allFlags: [Flag] { flags + [.help] }

    struct Example: Sendable {
        let line: String
        let explanation: String
    }

    struct Exit: Sendable {
        let code: ExitCode
        let meaning: String
    }
}

/// What stands behind the verb, without dashes.
struct Argument: Sendable {
    let placeholder: String
    let summary: String
    var kind = ValueKind.text
    var isRequired = true
    var isRepeated = false

    /// As in a usage line: `FILE...`, `[EXPR]`.
    var usage: String {
        let repeated = placeholder + (isRepeated ? "..." : "")
        return isRequired ? repeated : "[\(repeated)]"
    }
}

/// `--name`, with or without a value.
struct Flag: Sendable {
    let name: String
    var short: Character?
    /// Nil for a switch.
    var value: Value?
    let summary: String
    var isRepeated = false

    struct Value: Sendable {
        let placeholder: String
        let kind: ValueKind
    }

    static let help = Flag(name: "help", short: "h", summary: "explain this command")

    /// As in the list of flags: `--format table|json`, `-v, --verbose`.
    var usage: String {
        let long = "--\(name)" + (value.map { " \($0.placeholder)" } ?? "")
        return short.map { "-\($0), \(long)" } ?? "    \(long)"
    }
}

/// What a value is, as far as completion can help.
enum ValueKind: Sendable {
    case text
    case file
    case choice([String])

    var choices: [String] {
        if case .choice(let words) = self { words } else { [] }
    }
}

extension Flag {
    /// A flag whose value is one of these words.
    static func choice(_ name: String, _ words: [String], _ summary: String) -> Flag {
        Flag(
            name: name,
            value: Value(placeholder: words.joined(separator: "|"), kind: .choice(words)),
            summary: summary
        )
    }

    static func text(_ name: String, _ placeholder: String, _ summary: String) -> Flag {
        Flag(name: name, value: Value(placeholder: placeholder, kind: .text), summary: summary)
    }

    static func file(_ name: String, _ summary: String) -> Flag {
        Flag(name: name, value: Value(placeholder: "FILE", kind: .file), summary: summary)
    }

    static func on(_ name: String, short: Character? = nil, _ summary: String) -> Flag {
        Flag(name: name, short: short, summary: summary)
    }
}

/// How the process ends.
enum ExitCode: Int32, Sendable, CaseIterable {
    case fine = 0
    /// The thing that was checked, tested or asked for is not fine.
    case notFine = 1
    case usage = 2
    case lint = 3
    case unreachable = 4

    var meaning: String {
        switch self {
        case .fine: "everything is fine"
        case .notFine: "what was checked, tested or asked for is not fine"
        case .usage: "the command line cannot be understood"
        case .lint: "lint findings"
        case .unreachable: "the agent cannot be reached"
        }
    }
}
