/// Addresses of web servers, into which templates may have put hosts, names and values.
enum URLText {
    private static let longest = 8_192

    static func read(_ filled: FilledText) -> Result<String, ArgumentFault> {
        let text = filled.text
        // What the action is going to put there is its own business.
        let known = text.replacing(ActionArguments.candidate, with: "0")
        let expectation = "a URL such as http://localhost:8080/health"
        guard text.utf8.count <= longest else { return .failure(.tooLong("a URL", longest)) }
        let scheme = ["http://", "https://"].first { text.utf8.starts(with: $0.utf8) }
        guard let scheme else { return .failure(.isNot(text, expectation, help: "begin it with http:// or https://")) }
        // What is beyond ASCII must be escaped; blanks and controls would end the request's first line.
        guard known.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else {
            return .failure(.isNot(text, expectation, help: "escape other characters: '{{ .Labels.name | urlquery }}'"))
        }
        let host = text.utf8.dropFirst(scheme.utf8.count).prefix { !"/?#".utf8.contains($0) }
        if host.isEmpty || host.first == UInt8(ascii: ":") {
            return .failure(.isNot(text, expectation, help: "the host is missing"))
        }
        if host.contains(UInt8(ascii: "@")) {
            return .failure(
                ArgumentFault("a user in the URL would be seen in the record", help: "use a header for credentials")
            )
        }
        return whyNotFilled(filled).map { .failure($0) } ?? .success(text)
    }

    /// A value from outside stays one part of the address, unless the address comes whole.
    private static func whyNotFilled(_ filled: FilledText) -> ArgumentFault? {
        for (index, piece) in filled.pieces.enumerated() where piece.isFilled && index > 0 {
            let isOne = piece.text.utf8.allSatisfy {
                Names.isLetter($0) || Names.isDigit($0) || "._~-%+:[]".utf8.contains($0)
            }
            if !isOne {
                return ArgumentFault(
                    "'\(Names.shown(piece.text))' came from a template and would be more than one part of the URL",
                    help: "escape it: '{{ ... | urlquery }}'"
                )
            }
        }
        return nil
    }
}
