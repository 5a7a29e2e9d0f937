public import YAML

extension Permits {
    /// Each entry is checked by itself, so that a slip is told in its place and not as a deed refused at night.
    public static var shape: Shape<Permits> {
        .structure("what actions are permitted") { fields in
            var permits = Permits()
            permits.actions = fields.value("actions", .list(of: action), default: [])
            permits.units = fields.value("units", .list(of: unit), default: [])
            if let paths = fields.optional("paths", paths) {
                (permits.readable, permits.writable, permits.deletable) = (paths.read, paths.write, paths.delete)
            }
            permits.programs = fields.value("programs", .list(of: path(of: "a program")), default: [])
            permits.addresses = fields.value("addresses", .list(of: address), default: [])
            permits.users = fields.value("users", .list(of: .nonEmptyString), default: [])
            return permits
        }
    }

    private struct Paths: Sendable {
        var read: [String] = []
        var write: [String] = []
        var delete: [String] = []
    }

    private static var paths: Shape<Paths> {
        .structure("the permitted paths") { fields in
            var paths = Paths()
            paths.read = fields.value("read", .list(of: path(of: "a folder or file")), default: [])
            paths.write = fields.value("write", .list(of: path(of: "a folder or file")), default: [])
            paths.delete = fields.value("delete", .list(of: path(of: "a folder")), default: [])
            return paths
        }
    }

    private static var action: Shape<String> {
        Shape<String>.nonEmptyString.narrowed(to: "the name of an action such as systemd.restart or systemd.*") {
            text in
            text.utf8.allSatisfy { byte in
                byte &- 97 < 26 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "*")
            } ? text : nil
        }
    }

    private static var unit: Shape<String> {
        Shape<String>.nonEmptyString.narrowed(
            to: "the name of a unit such as api.service or api-*.service",
            help: "with its suffix; '*' alone permits every unit"
        ) { text in
            let isName = !text.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "/") || $0 >= 0x7F }
            return isName && (text == "*" || text.utf8.contains(UInt8(ascii: "."))) ? text : nil
        }
    }

    private static func path(of what: String) -> Shape<String> {
        Shape<String>.nonEmptyString.narrowed(to: "the absolute path of \(what), without '..'") { text in
            PermittedPath.isPlain(text) && text != "/" ? text : nil
        }
    }

    private static var address: Shape<String> {
        Shape<String>.nonEmptyString.narrowed(to: "host:port, where either may be '*', or the path of a socket") {
            text in
            if text.utf8.first == UInt8(ascii: "/") { return PermittedPath.isPlain(text) ? text : nil }
            guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
            let port = String(text[text.utf8.index(after: colon)...])
            let isPort = port == "*" || Int(port).map { (1...65_535).contains($0) } == true
            return isPort && colon > text.utf8.startIndex ? text : nil
        }
    }
}
