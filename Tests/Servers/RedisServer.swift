import EventLoop
public import Foundation
import Processes
public import Sockets

/// A real redis-server on a unix socket in a folder of its own.
public final class RedisServer: Sendable {
    static let program = "/usr/bin/redis-server"
    /// Whether this machine has one.
    public static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    /// Where its data and its socket are.
    public let folder: URL

    /// Of its socket.
    public var path: String { folder.appending(path: "redis.sock").path }
    public var socket: SocketPlace { .unix(path: path) }

    private let password: String

    /// Starts it with further options, the last of which is its password where there is one. Nobody else is kept from work.
    public static func started(_ options: String...) async throws -> RedisServer {
        try await aside { try RedisServer(options) }
    }

    private init(_ options: [String]) throws {
        password = options.last ?? ""
        folder = FileManager.default.temporaryDirectory.appending(path: "medic-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // By medic's own means: children of Foundation are born with the signals blocked that tests block. In a session of its
        // own, since what a program leaves behind is killed with it; waited for, since it is not in that session at once.
        let server = [
            Self.program, "--port", "0", "--unixsocket", "\(folder.path)/redis.sock", "--save", "''", "--dir",
            folder.path,
        ]
        let script =
            "setsid --fork \((server + options).joined(separator: " ")) > /dev/null 2>&1; "
            + "until [ -S \(folder.path)/redis.sock ]; do sleep 0.01; done"
        _ = try Program(["/bin/sh", "-c", script]).run(deadline: .now + .seconds(20))
        let deadline = MonotonicInstant.now + .seconds(20)
        while (try? StreamSocket(to: socket, deadline: deadline)) == nil, MonotonicInstant.now < deadline {
            usleep(5_000)
        }
    }

    deinit {
        let words = [
            "/usr/bin/redis-cli", "-s", folder.path + "/redis.sock", "--no-auth-warning", "-a", password, "shutdown",
            "nosave",
        ]
        _ = try? Program(words).run(deadline: .now + .seconds(20))
        try? FileManager.default.removeItem(at: folder)
    }
}
