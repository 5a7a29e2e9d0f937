import JSON
import Metrics
import Terminal

/// `medic receivers`, `medic receivers test NAME`
enum ReceiverCommands {
    static let list = Command(
        path: ["receivers", "list"],
        summary: "list who can be told, and how that fares",
        flags: [AgentArguments.json] + AgentArguments.way,
        examples: [Command.Example(line: "medic receivers list", explanation: "which receivers do not answer")],
        exits: [Command.Exit(code: .fine, meaning: "they are listed"), AgentArguments.unreachable],
        run: { invocation, console in
            let data = try AgentArguments.client(invocation).get("/medic/v1/receivers")
            if invocation.isSet(AgentArguments.json) {
                try console.writeLine("\(data)")
                return .fine
            }
            let receivers = data["receivers"]?.array ?? []
            if receivers.isEmpty { try console.writeLine("no receivers: nobody is told of anything") }
            for line in receivers { try console.writeLine(describe(line)) }
            return .fine
        }
    )

    static let test = Command(
        path: ["receivers", "test"],
        summary: "send a marked test message, and show what the receiver answers",
        arguments: [Argument(placeholder: "NAME", summary: "a name under receivers")],
        flags: [AgentArguments.json] + AgentArguments.way,
        details: """
            The message goes out at once by every way the receiver has, past groups, silences and queues. It is marked as a test: its \
            alert is called TestNotification.
            """,
        examples: [Command.Example(line: "medic receivers test oncall", explanation: "would oncall hear of it?")],
        exits: [
            Command.Exit(code: .fine, meaning: "the receiver took it in every way"),
            Command.Exit(code: .notFine, meaning: "it did not, or there is no such receiver"),
            AgentArguments.unreachable,
        ],
        run: { invocation, console in
            let name = invocation.arguments[0]
            let client = try AgentArguments.client(invocation)
            let data = try client.post("/medic/v1/receivers/\(escaped(name))/test", [])
            let answers = data["answers"]?.array ?? []
            if invocation.isSet(AgentArguments.json) {
                try console.writeLine("\(data)")
            } else if answers.isEmpty {
                try console.writeLine("\(name) tells nobody: it has no integrations")
            }
            for answer in answers where !invocation.isSet(AgentArguments.json) {
                let way = "\(name)/\(answer["integration"]?.string ?? "")"
                let seconds = answer["seconds"]?.double ?? 0
                let said = answer["problem"]?.string.map { "not taken: \($0)" } ?? "taken"
                try console.writeLine("\(way): \(said), after \(seconds) s")
            }
            return answers.allSatisfy { $0["taken"]?.boolean == true } ? .fine : .notFine
        }
    )

    private static func describe(_ line: JSONValue) -> String {
        let name = line["receiver"]?.string ?? ""
        guard let way = line["integration"]?.string else { return "\(name): tells nobody" }
        var text =
            "\(name)/\(way): \(line["queued"]?.integer ?? 0) waiting, \(line["inFlight"]?.integer ?? 0) on their way"
        let past = [("sent", "sent"), ("given up", "givenUp"), ("dropped because too many waited", "dropped")]
        for (words, member) in past {
            if let count = line[member]?.integer, count > 0 { text += ", \(count) \(words)" }
        }
        if let failures = line["failuresInRow"]?.integer, failures > 0 {
            text += ", failed \(failures) times in a row: \(line["lastTrouble"]?.string ?? "")"
        }
        if let rest = line["restsForSeconds"]?.double { text += "; left alone for \(rest) s more" }
        return text
    }

    /// As a part of a path.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            let isPlain =
                (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a)
                || "-_.~".utf8.contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }
}
