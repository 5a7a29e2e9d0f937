import PromQL
import Testing

/// A parse error as it is shown.
struct ShownError: Error, CustomStringConvertible {
    let description: String
}

/// The expression; a test that meets an error shows it.
func parsed(_ query: String, options: ParseOptions = .all) throws -> Expression {
    do throws(ParseError) {
        return try parse(query, options: options)
    } catch {
        throw ShownError(description: "\(query)\n\(error.description(in: query))")
    }
}

/// The error's lines; none when the query is sound.
func errors(_ query: String, options: ParseOptions = .all) -> String {
    do throws(ParseError) {
        _ = try parse(query, options: options)
        return ""
    } catch {
        return error.description(in: query)
    }
}

/// A row of a table of texts.
struct Row: Sendable, CustomTestStringConvertible {
    let input: String
    let output: String

    init(_ input: String, _ output: String) {
        self.input = input
        self.output = output
    }

    var testDescription: String { input }
}

extension Expression {
    /// The tree with every operation in brackets, so that nothing depends on precedence.
    var bracketed: String {
        switch self {
        case .binary(let node): "[\(node.left.bracketed) \(node.operation.rawValue) \(node.right.bracketed)]"
        case .unary(let node): "[\(node.isNegation ? "-" : "+")\(node.expression.bracketed)]"
        case .parentheses(let node): "(\(node.expression.bracketed))"
        default: description
        }
    }
}
