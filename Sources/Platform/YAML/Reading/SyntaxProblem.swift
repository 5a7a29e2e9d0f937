/// What an operator should read where libyaml says why a text is not YAML.
struct SyntaxProblem {
    let message: String
    let help: String?

    /// `found` is the byte at which libyaml stopped, nil at the end of the file.
    init(_ failure: EventReader.Failure, found: UInt8?) {
        switch (failure.problem, found) {
        case (_, UInt8(ascii: "\t")):
            message = "a tab stands where YAML wants spaces"
            help = "indent with spaces"
        case ("found character that cannot start any token", let byte?):
            message = "a value cannot begin with '\(Character(UnicodeScalar(byte)))'"
            help = "put the value in quotes"
        case ("mapping values are not allowed in this context", _):
            message = "a ':' stands where no key can be"
            help = "put a value that holds ': ' in quotes, or check the indentation"
        case ("did not find expected key", _), ("did not find expected '-' indicator", _):
            message = "this line does not fit the block it is in"
            help = "check the indentation, and quotes or brackets before it"
        case ("could not find expected ':'", _):
            message = "a ':' is missing after this key"
            help = "write 'key: value'"
        case ("did not find expected ',' or ']'", _):
            message = "a list in brackets is not continued with ',' nor closed with ']'"
            help = nil
        case ("did not find expected ',' or '}'", _):
            message = "a mapping in braces is not continued with ',' nor closed with '}'"
            help = nil
        case ("found unexpected end of stream", _):
            message = "the file ends inside quotes"
            help = "close the quotes"
        case ("found unknown escape character", _):
            message = "double quotes do not know this escape"
            help = "write '\\\\' for a backslash, or use single quotes"
        case ("did not find expected <document start>", _):
            message = "something stands after the end of the document"
            help = "check the indentation"
        case ("control characters are not allowed", _):
            message = "a control character is not allowed here"
            help = "write it as an escape in double quotes"
        default:
            message = failure.context.map { "\(failure.problem) (\($0))" } ?? failure.problem
            help = nil
        }
    }
}
