import Metrics

/// Matchers as in Alertmanager's routes, into which templates may have put values.
enum MatchersText {
    static func read(_ filled: FilledText) -> Result<[LabelMatcher], ArgumentFault> {
        var text = ""
        var isQuoted = false
        for piece in filled.pieces {
            guard piece.isFilled else {
                isQuoted = follow(piece.text, isQuoted)
                text += piece.text
                continue
            }
            let isPlain = Names.isPlain(piece.text, extra: ":.-/@")
            guard isQuoted || isPlain else {
                return .failure(
                    ArgumentFault(
                        "'\(Names.shown(piece.text))' cannot stand in a matcher outside of quotes",
                        help: "write job=\"{{ ... }}\""
                    )
                )
            }
            text += escaped(piece.text)
        }
        do throws(MatcherListError) {
            let matchers = try LabelMatcher.list(text)
            if matchers.isEmpty { return .failure(ArgumentFault("the matcher is empty", help: "write 'job=\"api\"'")) }
            let isBroadened =
                matchers.contains { $0.expression != nil }
                && filled.filled.contains { !Names.isPlain($0, extra: ":-/@") }
            if isBroadened {
                return .failure(
                    ArgumentFault("a value with special characters would widen the regular expression", help: "use '='")
                )
            }
            return .success(matchers)
        } catch {
            return .failure(ArgumentFault(error.message, help: error.help, range: error.range))
        }
    }

    /// As `LabelMatcher.list` reads it again, which knows fewer escapes than PromQL has: every other character stands for itself.
    static func written(_ matcher: LabelMatcher) -> String {
        let name = Labels.isPlainLabelName(matcher.name) ? matcher.name : "\"\(escaped(matcher.name))\""
        return "\(name)\(matcher.operation.rawValue)\"\(escaped(matcher.value))\""
    }

    /// Whether quotes are open behind a part.
    private static func follow(_ part: String, _ isOpen: Bool) -> Bool {
        var (isOpen, isEscaped) = (isOpen, false)
        for byte in part.utf8 {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\"), isOpen {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isOpen.toggle()
            }
        }
        return isOpen
    }

    private static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": result.unicodeScalars += ["\\", scalar]
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
