import Diagnostics

/// A command line that was understood: the command, and what was given to it.
struct Invocation: Sendable {
    let command: Command
    private(set) var arguments: [String] = []
    private var values: [String: [String]] = [:]

    /// The value of the flag, the last if it was given more than once.
    func value(of flag: Flag) -> String? { values[flag.name]?.last }

    func values(of flag: Flag) -> [String] { values[flag.name] ?? [] }

    func isSet(_ flag: Flag) -> Bool { values[flag.name] != nil }

    private init(_ command: Command) {
        self.command = command
    }
}

/// A command line that cannot be understood.
struct UsageError: Error {
    let message: String
    /// The command that was meant, whose help to point to.
    var command: Command?

    init(_ message: String, for command: Command? = nil) {
        self.message = message
        self.command = command
    }
}

extension Invocation {
    /// Reads the words behind the verb. Flags may stand anywhere before `--`; `-` alone is an argument.
    static func parse(_ words: ArraySlice<String>, for command: Command) throws(UsageError) -> Invocation {
        var invocation = Invocation(command)
        var words = words
        var takesFlags = true
        while let word = words.popFirst() {
            if takesFlags && word == "--" {
                takesFlags = false
            } else if takesFlags && word.hasPrefix("--") {
                try invocation.take(long: word, &words)
            } else if takesFlags && word.hasPrefix("-") && word != "-" {
                try invocation.take(short: word, &words)
            } else {
                invocation.arguments.append(word)
            }
        }
        if !invocation.isSet(.help) { try invocation.checkArguments() }
        return invocation
    }

    private mutating func take(long word: String, _ words: inout ArraySlice<String>) throws(UsageError) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = command.allFlags.first(where: { $0.name == name }) else {
            throw UsageError("unknown flag \(word)\(hint(name))", for: command)
        }
        try take(flag, given: parts.count > 1 ? String(parts[1]) : nil, &words)
    }

    private mutating func take(short word: String, _ words: inout ArraySlice<String>) throws(UsageError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let flag = command.allFlags.first(where: { $0.short == letter }) else {
                let hint = "; put -- before an argument that begins with a dash"
                throw UsageError("unknown flag -\(letter)\(hint)", for: command)
            }
            // What follows a letter that takes a value is the value.
            let rest = flag.value != nil && !letters.isEmpty ? String(letters) : nil
            if rest != nil { letters = "" }
            try take(flag, given: rest, &words)
        }
    }

    private mutating func take(
        _ flag: Flag,
        given: String?,
        _ words: inout ArraySlice<String>
    ) throws(UsageError) {
        guard let value = flag.value else {
            guard given == nil else { throw UsageError("--\(flag.name) takes no value", for: command) }
            values[flag.name] = [""]
            return
        }
        guard let text = given ?? words.popFirst() else {
            throw UsageError("--\(flag.name) needs a value: \(value.placeholder)", for: command)
        }
        let choices = value.kind.choices
        if !choices.isEmpty && !choices.contains(text) {
            let expected = choices.joined(separator: ", ")
            let meant = nearest(text, in: choices).map { "; did you mean \($0)?" } ?? ""
            throw UsageError("--\(flag.name) is one of \(expected), not '\(text)'\(meant)", for: command)
        }
        guard flag.isRepeated || values[flag.name] == nil else {
            throw UsageError("--\(flag.name) is given twice", for: command)
        }
        values[flag.name, default: []].append(text)
    }

    private func hint(_ name: String) -> String {
        if let meant = nearest(name, in: command.allFlags.map(\.name)) { return "; did you mean --\(meant)?" }
        return ""
    }

    private func checkArguments() throws(UsageError) {
        let expected = command.arguments
        let required = expected.count { $0.isRequired }
        if arguments.count < required {
            throw UsageError("\(expected[arguments.count].placeholder) is missing", for: command)
        }
        if arguments.count > expected.count && expected.last?.isRepeated != true {
            throw UsageError("unexpected argument '\(arguments[expected.count])'", for: command)
        }
        for (argument, text) in zip(expected, arguments) {
            let choices = argument.kind.choices
            guard choices.isEmpty || choices.contains(text) else {
                let meant = nearest(text, in: choices).map { "; did you mean \($0)?" } ?? ""
                let known = choices.joined(separator: ", ")
                throw UsageError("\(argument.placeholder) is one of \(known), not '\(text)'\(meant)", for: command)
            }
        }
    }
}
