/// Absolute paths, into which templates may have put names.
enum PathText {
    private static let longest = 4_095

    static func read(_ filled: FilledText) -> Result<String, ArgumentFault> {
        let text = filled.text
        guard text.utf8.count <= longest else { return .failure(.tooLong("a path", longest)) }
        guard text.utf8.first == UInt8(ascii: "/") else {
            return .failure(.isNot(text, "an absolute path", help: "begin it with '/'"))
        }
        if let control = text.unicodeScalars.first(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            let shown = String(control.value, radix: 16)
            return .failure(ArgumentFault("the path '\(Names.shown(text))' holds the control character U+\(shown)"))
        }
        let climbs = text.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
        if climbs {
            return .failure(ArgumentFault("'..' in the path '\(Names.shown(text))'", help: "write where it leads"))
        }
        return whyNotFilled(filled).map { .failure($0) } ?? .success(text)
    }

    /// A name from outside stays one name: no folders in it, and nothing that stands for other names. A path that comes whole may have folders.
    private static func whyNotFilled(_ filled: FilledText) -> ArgumentFault? {
        for (index, piece) in filled.pieces.enumerated() where piece.isFilled {
            let bytes = piece.text.utf8
            if bytes.contains(where: { "*?[]{}".utf8.contains($0) }) {
                return ArgumentFault(
                    "'\(Names.shown(piece.text))' came from a template and would stand for other names in the path"
                )
            }
            if index > 0, bytes.contains(UInt8(ascii: "/")) {
                return ArgumentFault(
                    "'\(Names.shown(piece.text))' came from a template and would lead to another folder",
                    help: "what a template puts into the middle of a path must be a single name"
                )
            }
        }
        return nil
    }
}
