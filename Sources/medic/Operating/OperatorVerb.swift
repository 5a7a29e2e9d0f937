import JSON
import Metrics

/// What the commands of an operator share: the words and flags they take, and how they say what came of it.
enum OperatorVerb {
    static let reason = Flag.text("reason", "WORDS", "why, for the record")
    static let variable = Flag(
        name: "var",
        value: Flag.Value(placeholder: "NAME=VALUE", kind: .text),
        summary: "a variable of the playbook; may be repeated",
        isRepeated: true
    )
    static let labels = Argument(
        placeholder: "LABEL=VALUE",
        summary: "the alert or the subject it is for",
        isRequired: false,
        isRepeated: true
    )
    static let run = Argument(placeholder: "RUN", summary: "the run's number, as 'medic runs' shows it")
    static let playbook = Argument(placeholder: "PLAYBOOK", summary: "the playbook's name")

    static let exits = [
        Command.Exit(code: .fine, meaning: "it is done, and recorded"),
        Command.Exit(code: .notFine, meaning: "it was refused; the sentence says why"),
        AgentArguments.unreachable,
    ]

    /// The form that labels and variables of a command line make.
    static func form(_ words: some Sequence<String>, _ invocation: Invocation) throws(UsageError) -> [(String, String)]
    {
        var form: [(String, String)] = []
        for word in words { form.append(try pair(word, "label.", invocation)) }
        for word in invocation.values(of: variable) { form.append(try pair(word, "var.", invocation)) }
        if let reason = invocation.value(of: reason) { form.append(("reason", reason)) }
        return form
    }

    private static func pair(
        _ word: String,
        _ prefix: String,
        _ invocation: Invocation
    ) throws(UsageError) -> (String, String) {
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
            throw UsageError("'\(word)' is not NAME=VALUE", for: invocation.command)
        }
        var value = word[word.index(after: equals)...]
        // As it is copied from a list: instance="a".
        if value.count > 1, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
        return (prefix + word[..<equals], String(value))
    }

    /// Gives a command and says what came of it.
    static func give(
        _ path: String,
        _ form: [(String, String)],
        _ invocation: Invocation,
        _ console: Console
    ) throws -> ExitCode {
        let client = try AgentArguments.client(invocation)
        let answer = try client.send("POST", path, form)
        let data: JSONValue
        do {
            data = try client.data(of: answer)
        } catch {
            // Programs are told what the refusal is about, too.
            if invocation.isSet(AgentArguments.json), let tree = try? JSONValue(parsing: answer.body) {
                try console.writeLine("\(tree)")
            }
            throw error
        }
        if invocation.isSet(AgentArguments.json) {
            try console.writeLine("\(data)")
        } else {
            try console.writeLine(data.text("message").onOneLine)
        }
        return .fine
    }
}
