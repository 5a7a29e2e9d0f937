import Metrics
import PromQL
import RegularExpressions

/// Reads a PromQL expression into which templates have put values.
///
/// What comes from an alert stays one value: in the quotes of a string it is escaped, in a regular expression it matches itself, and elsewhere
/// it must be a single name, number or duration. It can so never change what the expression asks.
enum ExpressionText {
    static let longest = 1 << 16

    static func read(_ filled: FilledText) -> Result<PlaybookExpression, ArgumentFault> {
        var writer = Writer()
        for piece in filled.pieces {
            guard piece.isFilled else {
                writer.write(piece.text)
                continue
            }
            if let fault = writer.fill(piece.text) { return .failure(fault) }
        }
        let text = writer.text
        guard text.utf8.count <= longest else { return .failure(.tooLong("an expression", longest)) }
        do throws(ParseError) {
            return .success(PlaybookExpression(text: text, tree: try parse(text)))
        } catch {
            let first = error.problems.first
            return .failure(
                ArgumentFault(first?.message ?? "it is no expression", help: first?.help, range: first?.range)
            )
        }
    }

    /// Follows the quotes of an expression while it is put together.
    private struct Writer {
        private(set) var text = ""
        // The quote that is open.
        private var quote: Unicode.Scalar?
        private var isEscaped = false
        private var isComment = false
        // Whether the operator before the open quote is `=~` or `!~`.
        private var isPattern = false
        private var lastSign: Unicode.Scalar?

        mutating func write(_ part: String) {
            for scalar in part.unicodeScalars { follow(scalar) }
            text += part
        }

        private mutating func follow(_ scalar: Unicode.Scalar) {
            if isComment {
                isComment = scalar != "\n"
            } else if let open = quote {
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\", open != "`" {
                    isEscaped = true
                } else if scalar == open {
                    quote = nil
                }
            } else if scalar == "#" {
                isComment = true
            } else if scalar == "\"" || scalar == "'" || scalar == "`" {
                quote = scalar
                isPattern = lastSign == "~"
            } else if scalar != " ", scalar != "\t", scalar != "\n" {
                lastSign = scalar
            }
        }

        /// Puts in a value from outside; tells why it cannot stand there.
        mutating func fill(_ value: String) -> ArgumentFault? {
            guard let quote else { return fillBare(value) }
            if isEscaped { return ArgumentFault("a template cannot stand behind a backslash") }
            let literal = isPattern ? Pattern.quoting(value) : value
            guard quote != "`" else {
                guard !literal.utf8.contains(UInt8(ascii: "`")) else {
                    return ArgumentFault(
                        "'\(Names.shown(value))' would end the quotes it stands in",
                        help: "use double quotes"
                    )
                }
                text += literal
                return nil
            }
            text += Self.escaped(literal)
            return nil
        }

        private mutating func fillBare(_ value: String) -> ArgumentFault? {
            guard !isComment, Names.isPlain(value, extra: ":.") else {
                return ArgumentFault(
                    "'\(Names.shown(value))' cannot stand in an expression outside of quotes",
                    help: "only a name, a number or a duration can"
                )
            }
            lastSign = "x"
            text += value
            return nil
        }

        /// In quotes of either kind these escapes mean the same.
        private static func escaped(_ value: String) -> String {
            var result = ""
            for scalar in value.unicodeScalars {
                switch scalar {
                case "\"": result += "\\x22"
                case "'": result += "\\x27"
                case "\\": result += "\\\\"
                case "\n": result += "\\n"
                case "\r": result += "\\r"
                case "\0": result += "\\x00"
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result
        }
    }
}

extension Pattern {
    /// A pattern that matches a text and nothing else.
    static func quoting(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
