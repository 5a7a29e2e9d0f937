import Configuration

/// An absolute path in whose last parts `*` and `?` stand for parts of one name: never for a slash, never for a leading dot.
struct PathPattern: Sendable, Hashable {
    /// The folder before the first part with a wildcard, or before the last part.
    let folder: String
    /// The parts below it.
    let parts: [String]

    init(_ path: String) {
        var plain: [Substring] = []
        var rest = path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }[...]
        while rest.count > 1, let part = rest.first, !Self.isWild(part) {
            plain.append(part)
            rest.removeFirst()
        }
        folder = "/" + plain.joined(separator: "/")
        parts = rest.map(String.init)
    }

    /// The folder under which everything is that the path can mean.
    static func folder(of path: String) -> String { PathPattern(path).folder }

    static func complaint(_ path: String) -> String? {
        guard path.utf8.first == UInt8(ascii: "/") else { return "the path must be absolute" }
        let pattern = PathPattern(path)
        guard let last = pattern.parts.last else { return "the path names no file" }
        guard !pattern.parts.contains("**") else { return "'**' is not supported: set recursive" }
        guard pattern.parts.count <= 8 else { return "the path has too many parts after the first wildcard" }
        return last.utf8.allSatisfy { $0 == UInt8(ascii: "*") } && pattern.folder == "/"
            ? "the path means every file of the root folder" : nil
    }

    static func isWild(_ part: Substring) -> Bool {
        part.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    /// Whether the name is one that the part means.
    static func matches(_ part: String, _ name: String) -> Bool {
        // As in a shell, hidden files are meant only when the dot is written.
        let isHidden = name.utf8.first == UInt8(ascii: ".") && part.utf8.first != UInt8(ascii: ".")
        return !isHidden && Glob.matches(part, name)
    }
}
