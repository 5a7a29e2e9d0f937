import Diagnostics

/// Names as playbooks use them, and as problems show them.
enum Names {
    /// Letters, digits, `_` and some more, not empty and not endless.
    static func isPlain(_ name: String, extra: String = "", limit: Int = 256) -> Bool {
        (1...limit).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || extra.utf8.contains($0)
            }
    }

    /// A name that templates can write behind a dot.
    static func isIdentifier(_ name: String) -> Bool {
        isPlain(name) && name.utf8.first.map(isDigit) == false
    }

    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Compares bytes, not characters.
    static func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    static func contains(_ names: [String], _ name: String) -> Bool {
        names.contains { $0.utf8.elementsEqual(name.utf8) }
    }

    /// `did you mean 'oncall'?`, or what there is.
    static func suggestion(for name: String, among known: [String]) -> String {
        if (2...64).contains(name.utf8.count), let near = nearest(name, in: known.filter { $0.utf8.count <= 96 }) {
            return "did you mean '\(near)'?"
        }
        guard !known.isEmpty else { return "none is known here" }
        let listed = known.prefix(12).joined(separator: ", ")
        return "known here: \(listed)\(known.count > 12 ? ", and \(known.count - 12) more" : "")"
    }

    /// A text that may have come from anywhere, on one line and not endless.
    static func shown(_ text: String) -> String {
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < 80 else { return result + "..." }
            // Control characters could move a terminal's cursor, the bidirectional ones turn a line round.
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            if isControl || turns {
                result += scalar == "\n" ? "\\n" : "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
