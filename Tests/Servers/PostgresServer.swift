import EventLoop
public import Foundation
import Processes

/// A real PostgreSQL in a folder of its own, run by an unprivileged user, reached over a unix socket.
public final class PostgresServer: Sendable {
    static let programs = "/usr/lib/postgresql/15/bin"
    /// Whether this machine has one.
    public static let isInstalled = FileManager.default.isExecutableFile(atPath: programs + "/postgres")
    private static let only = Result { try PostgresServer() }

    /// Started once for all tests: initdb takes a second, in which nobody else is kept from work.
    public static func shared() async throws -> PostgresServer { try await aside { try only.get() } }

    /// Where its data and its socket are.
    public let folder: URL

    /// How it is reached, for libpq.
    public var settings: [(name: String, value: String)] {
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
            "touch \(folder.path)/guarded; while kill -0 \(getpid()); do sleep 0.5; done; "
            + "setpriv --reuid nobody --clear-groups \(Self.programs)/pg_ctl -D \(data) -m immediate stop; "
            + "rm -rf \(folder.path)"
        let script =
            "setsid --fork sh -c '\(stop)' > /dev/null 2>&1; "
            + "until [ -e \(folder.path)/guarded ]; do sleep 0.01; done"
        try Self.run("/bin/sh", "-c", script)
    }

    private static func unprivileged(_ words: String...) throws {
        let isRoot = geteuid() == 0
        try run(isRoot ? ["/usr/bin/setpriv", "--reuid", "nobody", "--clear-groups"] + words : words)
    }

    private static func run(_ words: String...) throws { try run(words) }

    /// By medic's own means: children of Foundation are born with the signals blocked that tests block.
    private static func run(_ words: [String]) throws {
        let outcome = try Program(words).run(deadline: .now + .seconds(60))
        guard outcome.isSuccess else { throw Failure(words: words, output: outcome.output.text) }
    }

    /// A command that failed, with what it printed.
    struct Failure: Error {
        let words: [String]
        let output: String
    }
}
