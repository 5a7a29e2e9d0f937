/// Names that stand in paths: what is no letter, digit or underscore is written `_HEX_` behind a first `U__`.
enum EscapedName {
    /// The name that is meant; the text itself where it is not escaped, or not well.
    static func decoded(_ text: String) -> String {
        guard text.hasPrefix("U__") else { return text }
        var result = ""
        var rest = text.dropFirst(3)
        while let character = rest.popFirst() {
            guard character == "_" else {
                result.append(character)
                continue
            }
            if rest.first == "_" {
                rest.removeFirst()
                result.append("_")
                continue
            }
            let digits = rest.prefix { $0 != "_" }
            guard
                digits.count < rest.count, digits.utf8.count <= 6,
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
            else { return text }
            result.unicodeScalars.append(scalar)
            rest = rest.dropFirst(digits.count + 1)
        }
        return result
    }
}
