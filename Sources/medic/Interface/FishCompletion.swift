/// The script that lets fish complete medic's command lines.
struct FishCompletion {
    let table: CommandTable

    var script: String {
        var lines = [
            "# fish completion for medic: medic completion fish > ~/.config/fish/completions/medic.fish",
            "complete -c medic -f",
            "complete -c medic -n __fish_use_subcommand -l version -d 'print the version'",
            "complete -c medic -n __fish_use_subcommand -s h -l help -d 'explain medic'",
        ]
        for word in table.words(after: []) {
            lines.append(completion(of: word, condition: "__fish_use_subcommand", path: [word]))
            let following = table.words(after: [word])
            for next in following {
                let none = following.joined(separator: " ")
                let condition = "__fish_seen_subcommand_from \(word); and not __fish_seen_subcommand_from \(none)"
                lines.append(completion(of: next, condition: condition, path: [word, next]))
            }
        }
        for command in table.commands { lines += flags(of: command) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func completion(of word: String, condition: String, path: [String]) -> String {
        let summary = table.command(path).map { " -d \(Self.quoted($0.summary))" } ?? ""
        return "complete -c medic -n \(Self.quoted(condition)) -a \(word)\(summary)"
    }

    private func flags(of command: Command) -> [String] {
        let seen = command.path.map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and ")
        let start = "complete -c medic -n \(Self.quoted(seen))"
        var lines = command.allFlags.map { flag in
            let short = flag.short.map { " -s \($0)" } ?? ""
            return "\(start)\(short) -l \(flag.name)\(Self.value(flag.value?.kind)) -d \(Self.quoted(flag.summary))"
        }
        for argument in command.arguments {
            switch argument.kind {
            case .file: lines.append("\(start) -F")
            case .choice(let words): lines.append("\(start) -a \(Self.quoted(words.joined(separator: " ")))")
            case .text: break
            }
        }
        return lines
    }

    private static func value(_ kind: ValueKind?) -> String {
        switch kind {
        case .file: " -r -F"
        case .choice(let words): " -x -a \(quoted(words.joined(separator: " ")))"
        case .text: " -x"
        case nil: ""
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"\'"#) + "'"
    }
}
