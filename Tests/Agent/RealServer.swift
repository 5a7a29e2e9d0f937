import Foundation
import JSON
import Synchronization

/// A real server of somebody else, on a free port, with a folder of its own; it can end and begin again on what it had.
final class RealServer: Sendable {
    let port: Int
    let folder: String
    private let program: String
    private let arguments: @Sendable (_ folder: String, _ port: Int) -> [String]
    private let process = Mutex<(running: Process, ended: DispatchSemaphore)?>(nil)

    init(
        _ program: String,
        _ files: [String: String],
        _ arguments: @escaping @Sendable (_ folder: String, _ port: Int) -> [String]
    ) throws {
        self.program = program
        self.arguments = arguments
        port = try Self.freePort()
        folder =
            FileManager.default.temporaryDirectory.appending(path: "medic-peer-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, to: name) }
        try begin()
    }

    deinit {
        end()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func write(_ text: String, to name: String) throws {
        let text = text.replacingOccurrences(of: "PORT", with: "\(port)")
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    func begin() throws {
        let fresh = Process()
        fresh.executableURL = URL(fileURLWithPath: program)
        fresh.arguments = arguments(folder, port)
        fresh.standardError = FileHandle.nullDevice
        fresh.standardOutput = FileHandle.nullDevice
        let ended = DispatchSemaphore(value: 0)
        fresh.terminationHandler = { _ in ended.signal() }
        try fresh.run()
        process.withLock { $0 = (fresh, ended) }
    }

    func end() {
        let taken = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let (running, ended) = taken else { return }
        running.terminate()
        // What is started beside an agent has its signals blocked as the agent has: a server that leaves that so hears of no ending.
        guard ended.wait(timeout: .now() + 3) == .timedOut else { return }
        kill(running.processIdentifier, SIGKILL)
        ended.wait()
    }

    /// A Prometheus that takes samples and scrapes what the file says.
    static func prometheus(_ configuration: String, _ more: [String] = [], _ files: [String: String] = [:]) throws
        -> RealServer
    {
        try RealServer("/usr/bin/prometheus", files.merging(["prometheus.yml": configuration]) { $1 }) { folder, port in
            let own = [
                "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
            ]
            return own + more.map { $0.replacingOccurrences(of: "FOLDER", with: folder) }
        }
    }

    private static let lastPort = Mutex(10_000 + Int(getpid()) % 20_000)

    /// A free port, of those below what the kernel gives to others meanwhile.
    static func freePort() throws -> Int {
        for _ in 0..<1_000 {
            let port = lastPort.withLock { last in
                last = last >= 32_000 ? 10_000 : last + 1
                return last
            }
            if isFree(port) { return port }
        }
        throw CocoaError(.fileReadUnknown)
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        // On any address, so that a server of all of them counts too. The address lives for as long as the call.
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// The body that it answers with; null where it does not answer.
    func get(_ path: String, _ parameters: [(String, String)] = [], user: String? = nil) async -> JSONValue {
        var arguments = ["-s", "-m", "10", "-G", "http://127.0.0.1:\(port)\(path)"]
        if let user { arguments += ["-u", user] }
        for (name, value) in parameters { arguments += ["--data-urlencode", "\(name)=\(value)"] }
        let words = arguments
        let data = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Self.output("/usr/bin/curl", words)) }
        }
        return (try? JSONValue(parsing: Array(data), repeatedNames: .lastCounts)) ?? .null
    }

    private static func output(_ program: String, _ arguments: [String]) -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return Data() }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }

    /// The result of a query at this moment.
    func query(_ text: String, user: String? = nil) async -> [JSONValue] {
        await get("/api/v1/query", [("query", text)], user: user)["data"]?["result"]?.array ?? []
    }
}

/// Files of a configuration, in a folder that is gone when the test is.
final class LiveAgentFiles: Sendable {
    let folder: String

    init(_ files: [String: String]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "medic-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: path(name), atomically: true, encoding: .utf8) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }
}
