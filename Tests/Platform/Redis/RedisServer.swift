import EventLoop
import Foundation
import Sockets

/// A real redis-server on a unix socket in a folder of its own.
final class RedisServer: Sendable {
    static let program = "/usr/bin/redis-server"
    static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    let folder: URL
    private let process: Process

    var socket: SocketPlace { .unix(path: folder.appending(path: "redis.sock").path) }

    init(_ options: String...) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "medic-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments =
            ["--port", "0", "--unixsocket", folder.path + "/redis.sock", "--save", "", "--dir", folder.path] + options
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let deadline = MonotonicInstant.now + .seconds(20)
        while (try? StreamSocket(to: socket, deadline: deadline)) == nil, MonotonicInstant.now < deadline {
            usleep(5_000)
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
