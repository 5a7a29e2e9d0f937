import EventLoop
import Foundation
import Postgres
import Processes

/// A real PostgreSQL in a folder of its own, run by an unprivileged user, reached over a unix socket. It can be stopped and started.
final class FleetDatabase: Sendable {
    private static let programs = "/usr/lib/postgresql/15/bin"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: programs + "/postgres")

    let folder: String
    private var data: String { folder + "/data" }

    var settings: [(name: String, value: String)] {
        [("host", folder), ("port", "5432"), ("dbname", "postgres"), ("user", "nobody")]
    }

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.appending(path: "medic-fleet-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.run(["/bin/chown", "nobody", folder])
        try Self.unprivileged([Self.programs + "/initdb", "--auth=trust", "--no-sync", "-D", data])
        try start()
    }

    func start() throws {
        let options = "-c listen_addresses='' -c unix_socket_directories=\(folder) -c fsync=off -c shared_buffers=1MB"
        let control = [Self.programs + "/pg_ctl", "-D", data, "-w", "-l", folder + "/log", "-o", options, "start"]
        try Self.unprivileged(control)
    }

    func stop() throws {
        try Self.unprivileged([Self.programs + "/pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    }

    func end() {
        try? stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Asks the database itself.
    @discardableResult
    func rows(_ statement: String) throws -> [[String?]] {
        let deadline = MonotonicInstant.now + .seconds(10)
        let connection = try PostgresConnection(settings, deadline: deadline)
        return try connection.execute(statement, deadline: deadline).rows
    }

    private static func unprivileged(_ words: [String]) throws {
        try run(geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid", "nobody", "--clear-groups"] + words : words)
    }

    private static func run(_ words: [String]) throws {
        let outcome = try Program(words).run(deadline: .now + .seconds(60))
        guard outcome.isSuccess else { throw Failure(words: words, output: outcome.output.text) }
    }

    struct Failure: Error {
        let words: [String]
        let output: String
    }
}
