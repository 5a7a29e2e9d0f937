import Files

/// Names in the folder of a log: `log-00000007`, `snapshot-00000007`, and what has been set aside.
///
/// A snapshot holds all that was written before the log of the same number.
struct LogFolder: Sendable {
    let path: String

    static func logName(_ number: UInt64) -> String { "log-" + padded(number) }
    static func snapshotName(_ number: UInt64) -> String { "snapshot-" + padded(number) }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: Swift.max(0, 8 - digits.utf8.count)) + digits
    }

    func path(of name: String) -> String { path + "/" + name }

    struct Contents {
        var logs: [UInt64] = []
        var snapshots: [UInt64] = []
        /// Beginnings of files that were never put in place.
        var leftovers: [String] = []
    }

    /// Ascending.
    func contents() throws(FileError) -> Contents {
        var contents = Contents()
        for name in try FileSystem.list(path) {
            if let number = number(name, after: "log-") {
                contents.logs.append(number)
            } else if let number = number(name, after: "snapshot-") {
                contents.snapshots.append(number)
            } else if name.hasPrefix("."), name.hasSuffix(".new") {
                contents.leftovers.append(name)
            }
        }
        contents.logs.sort()
        contents.snapshots.sort()
        return contents
    }

    private func number(_ name: String, after prefix: String) -> UInt64? {
        guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count)), number < 1 << 60 else {
            return nil
        }
        // Only as it was written: no sign, no other count of zeros.
        return name == prefix + Self.padded(number) ? number : nil
    }

    /// Gives a file a name that says it is damaged; returns the name.
    func setAside(_ name: String) throws(FileError) -> String {
        var attempt = 1
        while try FileSystem.statusIfPresent(path(of: "\(name).damaged-\(attempt)")) != nil { attempt += 1 }
        let aside = "\(name).damaged-\(attempt)"
        try FileSystem.rename(path(of: name), to: path(of: aside))
        return aside
    }
}
