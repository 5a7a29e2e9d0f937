import Foundation

/// A real PostgreSQL in a folder of its own, run by an unprivileged user, reached over a unix socket.
final class PostgresServer: Sendable {
    static let programs = "/usr/lib/postgresql/15/bin"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: programs + "/postgres")
    /// Started once for all tests: initdb takes a second.
    static let shared = Result { try PostgresServer() }

    let folder: URL

    var settings: [(name: String, value: String)] {
        [("host", folder.path), ("port", "5432"), ("dbname", "postgres"), ("user", "nobody")]
    }

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "medic-pg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.run("/bin/chown", "nobody", folder.path)
        let data = folder.path + "/data"
        try Self.unprivileged(Self.programs + "/initdb", "--auth=trust", "--no-sync", "-D", data)
        let options = "-c listen_addresses='' -c unix_socket_directories=\(folder.path) -c fsync=off"
        try Self.unprivileged(
            Self.programs + "/pg_ctl",
            "-D",
            data,
            "-w",
            "-l",
            folder.path + "/log",
            "-o",
            options,
            "start"
        )
        // The process of the tests ends without a farewell to shared values.
        let stop =
            "while kill -0 \(getpid()) 2> /dev/null; do sleep 0.5; done; "
            + "setpriv --reuid nobody --clear-groups \(Self.programs)/pg_ctl -D \(data) -m immediate stop; rm -rf \(folder.path)"
        let guardian = Process()
        guardian.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        guardian.arguments = ["sh", "-c", stop]
        guardian.standardOutput = FileHandle.nullDevice
        guardian.standardError = FileHandle.nullDevice
        try guardian.run()
    }

    private static func unprivileged(_ words: String...) throws {
        let isRoot = geteuid() == 0
        try run(isRoot ? ["/usr/bin/setpriv", "--reuid", "nobody", "--clear-groups"] + words : words)
    }

    private static func run(_ words: String...) throws { try run(words) }

    private static func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(words: words) }
    }

    struct Failure: Error {
        let words: [String]
    }
}
