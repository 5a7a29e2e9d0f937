/// The script that lets bash complete medic's command lines.
struct BashCompletion {
    let table: CommandTable

    var script: String {
        """
        # bash completion for medic: medic completion bash > /usr/share/bash-completion/completions/medic
        _medic() {
            local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command="" word
            for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$command/$word" in
        \(steps)
                esac
            done
            case "$command" in
        \(cases)
            esac
        }
        complete -F _medic medic

        """
    }

    /// Each prefix of a command's words, reached from the one before it.
    private var prefixes: [[String]] {
        var prefixes: [[String]] = [[]]
        for command in table.commands {
            for length in command.path.indices {
                let prefix = Array(command.path.prefix(length + 1))
                if !prefixes.contains(prefix) { prefixes.append(prefix) }
            }
        }
        return prefixes
    }

    private var steps: String {
        prefixes.dropFirst().map { path in
            let before = path.dropLast().joined(separator: " ")
            return "            \"\(before)/\(path.last ?? "")\") command=\"\(path.joined(separator: " "))\" ;;"
        }
        .joined(separator: "\n")
    }

    private var cases: String {
        prefixes.map { path in
            let body = completion(of: path).map { "            \($0)" }.joined(separator: "\n")
            return "        \"\(path.joined(separator: " "))\")\n\(body)\n            ;;"
        }
        .joined(separator: "\n")
    }

    private func completion(of path: [String]) -> [String] {
        let following = table.words(after: path)
        guard let command = table.command(path) else {
            let flags = path.isEmpty ? ["--help", "--version"] : ["--help"]
            return [Self.words(following + flags)]
        }
        var lines: [String] = []
        let valued = command.allFlags.filter { $0.value != nil }
        if !valued.isEmpty {
            lines.append("case \"$previous\" in")
            for flag in valued { lines.append("    --\(flag.name)) \(Self.value(flag.value?.kind)); return ;;") }
            lines.append("esac")
        }
        let flags = Self.words(following + command.allFlags.map { "--\($0.name)" })
        lines.append("if [[ $current == -* ]]; then \(flags); return; fi")
        let arguments = command.arguments.map(\.kind)
        if arguments.contains(where: { if case .file = $0 { true } else { false } }) {
            lines.append(Self.value(.file))
        } else {
            let words = following + arguments.flatMap(\.choices)
            lines.append(Self.words(words.isEmpty ? command.allFlags.map { "--\($0.name)" } : words))
        }
        return lines
    }

    private static func value(_ kind: ValueKind?) -> String {
        switch kind {
        case .file: #"COMPREPLY=($(compgen -f -- "$current"))"#
        case .choice(let choices): words(choices)
        case .text, nil: "COMPREPLY=()"
        }
    }

    private static func words(_ words: [String]) -> String {
        "COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$current\"))"
    }
}
