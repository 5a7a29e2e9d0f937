public import Foundation

/// A program that a test talks to: it prints a port first, and ends when the test does.
public final class ServerProcess: @unchecked Sendable {
    // Unchecked: the process and the pipes are set in the initializer; lines are read by one test at a time.
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let ended = DispatchSemaphore(value: 0)
    private var pending = Data()
    /// What the program printed first; 0 where it serves a path.
    public private(set) var port = 0

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A program that has not said where it listens.
    public struct NotReady: Error {
        public let program: String
    }

    /// Starts a program of the project, `Tests/Conformance/awkward-server`, and waits for its port, for so many seconds.
    public init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        patience: Int32 = 20
    ) throws {
        process.executableURL = Self.root.appending(path: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
        guard let first = line(within: patience) else { throw NotReady(program: program) }
        port = Int(first) ?? 0
    }

    /// The awkward server.
    public static func awkward(_ arguments: [String] = [], environment: [String: String] = [:]) throws -> ServerProcess
    {
        try ServerProcess("Tests/Conformance/awkward-server", arguments, environment: environment)
    }

    deinit {
        stop()
    }

    public func stop() {
        guard process.isRunning else { return }
        try? input.fileHandleForWriting.close()
        process.terminate()
        // It may have the signal blocked, as its parent has, and another child may hold the other end of its input. Nobody waits for that.
        Thread.detachNewThread { [ended, pid = process.processIdentifier] in
            if ended.wait(timeout: .now() + 20) == .timedOut { kill(pid, SIGKILL) }
        }
    }

    public func url(_ path: String, scheme: String = "http", host: String = "127.0.0.1") -> String {
        "\(scheme)://\(host):\(port)\(path)"
    }

    /// The next line that the program prints; nil at its end, or when none comes for a long time.
    public func line() -> String? { line(within: 20) }

    private func line(within seconds: Int32) -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let text = String(decoding: pending[..<end], as: UTF8.self)
                pending = Data(pending[pending.index(after: end)...])
                return text
            }
            // Another child may have inherited the other end, so the end of the program is not always seen.
            var waiting = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, seconds * 1_000) == 1 else { return nil }
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { return nil }
            pending.append(piece)
        }
    }
}

extension ServerProcess {
    /// The next line, without keeping a thread from whatever else the test does meanwhile.
    public func nextLine() async -> String? { (try? await aside { self.line() }) ?? nil }
}

/// Does what blocks on a thread of its own: the few threads of asynchronous code are for those who are being tested.
public func aside<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    let result = await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: Result { try work() }) }
    }
    return try result.get()
}

/// A folder that is gone when the test is.
public final class TemporaryFolder: Sendable {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "medic-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    public func path(_ name: String) -> String { url.appending(path: name).path }

    /// Puts a file in place at once, as whoever replaces a secret does.
    public func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: url.appending(path: name), options: .atomic)
    }
}

/// A certificate authority with a server, `localhost` and 127.0.0.1, and a client, all made for one test.
public struct Certificates: Sendable {
    public let folder: TemporaryFolder
    public var authority: String { folder.path("ca.pem") }
    public var serverCertificate: String { folder.path("server.pem") }
    public var serverKey: String { folder.path("server.key") }
    public var clientCertificate: String { folder.path("client.pem") }
    public var clientKey: String { folder.path("client.key") }

    public init(days: Int = 30) throws {
        folder = try TemporaryFolder()
        try openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "\(days + 1)",
            "-subj",
            "/CN=medic test CA",
            "-keyout",
            folder.path("ca.key"),
            "-out",
            authority
        )
        try issue("server", "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:api.test", days)
        try issue("client", "extendedKeyUsage=clientAuth", days)
    }

    private func issue(_ name: String, _ extensions: String, _ days: Int) throws {
        try folder.write(extensions + "\n", to: "\(name).ext")
        try openssl(
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=\(name)",
            "-keyout",
            folder.path("\(name).key"),
            "-out",
            folder.path("\(name).csr")
        )
        try openssl(
            "x509",
            "-req",
            "-in",
            folder.path("\(name).csr"),
            "-CA",
            authority,
            "-CAkey",
            folder.path("ca.key"),
            "-CAcreateserial",
            "-days",
            "\(days)",
            "-extfile",
            folder.path("\(name).ext"),
            "-out",
            folder.path("\(name).pem")
        )
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }
}
