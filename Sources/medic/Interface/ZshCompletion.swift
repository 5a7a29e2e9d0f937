/// The script that lets zsh complete medic's command lines.
struct ZshCompletion {
    let table: CommandTable

    var script: String {
        """
        #compdef medic
        # zsh completion for medic: medic completion zsh > "${fpath[1]}/_medic"
        _medic() {
            local line state
            _arguments -C '--version[print the version]' '(-h --help)'{-h,--help}'[explain medic]' \\
                '1: :->command' '*:: :->rest'
            case $state in
                command) _values command \(words(after: [])) ;;
                rest)
                    case $line[1] in
        \(cases)
                    esac
                    ;;
            esac
        }
        \(groups)_medic "$@"

        """
    }

    private var cases: String {
        table.words(after: []).map { word in
            let body = table.words(after: [word]).isEmpty ? arguments(of: [word]) : "_medic_\(word)"
            return "                \(word)) \(body) ;;"
        }
        .joined(separator: "\n")
    }

    /// A function for each verb that is followed by another.
    private var groups: String {
        table.words(after: []).filter { !table.words(after: [$0]).isEmpty }.map { word in
            let cases = table.words(after: [word]).map { next in
                "                \(next)) \(arguments(of: [word, next])) ;;"
            }
            return """
                _medic_\(word)() {
                    local line state
                    _arguments -C '1: :->command' '*:: :->rest'
                    case $state in
                        command) _values command \(words(after: [word])) ;;
                        rest)
                            case $line[1] in
                \(cases.joined(separator: "\n"))
                            esac
                            ;;
                    esac
                }

                """
        }
        .joined()
    }

    private func words(after path: [String]) -> String {
        table.words(after: path).map { word in
            let summary = table.command(path + [word])?.summary
            return "'\(word)" + (summary.map { "[\(Self.escaped($0))]" } ?? "") + "'"
        }
        .joined(separator: " ")
    }

    private func arguments(of path: [String]) -> String {
        guard let command = table.command(path) else { return "" }
        var parts: [String] = []
        for flag in command.allFlags {
            let value = flag.value.map { ":\(flag.name):\(Self.action($0.kind))" } ?? ""
            let text = "[\(Self.escaped(flag.summary))]\(value)"
            let star = flag.isRepeated ? "*" : ""
            parts.append("'\(star)--\(flag.name)\(text)'")
            if let short = flag.short { parts.append("'\(star)-\(short)\(text)'") }
        }
        for argument in command.arguments {
            let position = argument.isRepeated ? "*" : ""
            parts.append("'\(position):\(argument.placeholder):\(Self.action(argument.kind))'")
        }
        return "_arguments \(parts.joined(separator: " "))"
    }

    private static func action(_ kind: ValueKind) -> String {
        switch kind {
        case .file: "_files"
        case .choice(let words): "(\(words.joined(separator: " ")))"
        case .text: " "
        }
    }

    /// Inside single quotes and square brackets.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "'": result += #"'\''"#
            case "[", "]", ":": result += "\\\(character)"
            default: result.append(character)
            }
        }
        return result
    }
}
