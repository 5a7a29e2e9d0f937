import Playbooks

/// Where a libpq connection string leads: only the few keywords whose effect is plain are allowed in it.
enum PostgresAddress {
    /// What may be said of a connection. Service files, extra options and files of the process's user are not among it:
    /// they would lead elsewhere than the permit says.
    private static let keywords: Set<String> = [
        "host", "port", "dbname", "user", "sslmode", "sslrootcert", "application_name", "connect_timeout",
    ]

    /// The keywords and values of `host=... dbname=...`, with libpq's quotes.
    static func settings(ofDSN text: String) throws(AddressError) -> [(name: String, value: String)] {
        var settings: [(name: String, value: String)] = []
        var rest = Array(text.utf8)[...]
        while true {
            rest = rest.drop(while: isBlank)
            guard !rest.isEmpty else { return settings }
            let name = rest.prefix { $0 != UInt8(ascii: "=") && !isBlank($0) }
            rest = rest.dropFirst(name.count).drop(while: isBlank)
            guard rest.first == UInt8(ascii: "="), !name.isEmpty else {
                throw AddressError(description: "the connection string is not a list of keyword=value")
            }
            rest = rest.dropFirst().drop(while: isBlank)
            let keyword = String(decoding: name, as: UTF8.self)
            guard keywords.contains(keyword) else {
                throw AddressError(
                    description: keyword == "password"
                        ? "the password does not belong into the connection string: use password_file"
                        : "'\(Wording.shown(keyword))' is not allowed in a connection string; allowed: "
                            + keywords.sorted().joined(separator: ", ")
                )
            }
            settings.append((keyword, try value(&rest)))
        }
    }

    /// The one place that it leads to, in the form of permits: `db:5432`, `/run/postgresql/.s.PGSQL.5432`.
    static func address(ofDSN text: String) throws(AddressError) -> String {
        let settings = try settings(ofDSN: text)
        func last(_ name: String) -> String? { settings.last { $0.name == name }?.value }
        guard let host = last("host"), !host.isEmpty else {
            throw AddressError(description: "the connection string must say the host")
        }
        let port = last("port") ?? "5432"
        guard !host.utf8.contains(UInt8(ascii: ",")), !port.utf8.contains(UInt8(ascii: ",")) else {
            throw AddressError(description: "the connection string must name one host")
        }
        // The database's own name can be a whole connection string to libpq.
        guard last("dbname")?.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) != true
        else {
            throw AddressError(description: "the name of the database cannot hold '=' or ':'")
        }
        guard let number = Int(port), (1...65_535).contains(number) else {
            throw AddressError(description: "'\(Wording.shown(port))' is not a port")
        }
        if host.utf8.first == UInt8(ascii: "/") {
            guard Complaints.isAbsolute(host) else {
                throw AddressError(description: "the socket's folder has '..' in it")
            }
            return "\(host)/.s.PGSQL.\(number)"
        }
        return try Address("\(host.utf8.contains(0x3A) ? "[\(host)]" : host):\(number)", standardPort: 5432).description
    }

    static func complaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        guard let text = arguments.text("dsn") else { return [] }
        do throws(AddressError) {
            _ = try address(ofDSN: text)
            return []
        } catch {
            return [ArgumentComplaint(["dsn"], error.description)]
        }
    }

    private static func value(_ rest: inout ArraySlice<UInt8>) throws(AddressError) -> String {
        var value: [UInt8] = []
        let isQuoted = rest.first == UInt8(ascii: "'")
        if isQuoted { rest = rest.dropFirst() }
        while let byte = rest.first {
            if isQuoted ? byte == UInt8(ascii: "'") : isBlank(byte) { break }
            rest = rest.dropFirst()
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(byte)
            }
        }
        if isQuoted, rest.popFirst() == nil {
            throw AddressError(description: "a quote of the connection string is not closed")
        }
        guard !value.contains(0) else { throw AddressError(description: "the connection string holds a NUL") }
        return String(decoding: value, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}
