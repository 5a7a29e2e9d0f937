/// What a run keeps for people: one folder for each run, names without surprises.
enum Evidence {
    /// Letters, digits, dash, underscore and dots inside: a name that is one file in one folder on every system.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100 && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: ".")
            }
    }

    /// A name made of any text: what is not allowed becomes a dash.
    static func name(for text: String) -> String {
        let bytes = text.utf8.prefix(80).map { byte -> UInt8 in
            let isPlain =
                (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: ".")
            return isPlain ? byte : UInt8(ascii: "-")
        }
        let name = String(decoding: bytes, as: UTF8.self)
        return isName(name) ? name : "_" + name.drop { $0 == "." }
    }
}
