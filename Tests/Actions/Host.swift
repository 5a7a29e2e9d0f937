import Configuration
import EventLoop
import Foundation
import Logging
import SystemBus
import Systemd
import Testing

/// Tests that need a systemd of their own run twice: here they start a throw-away host, in which this program runs again with only
/// those tests that belong there.
enum Host {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let environment = ProcessInfo.processInfo.environment
    /// Who this run is on the throw-away host; nil: this is not the host.
    static let role = environment["MEDIC_HOST_ROLE"]
    static let isOutside = role == nil

    static let canBeMade: Bool = isOutside && (try? run(["Tests/with-host", "--check"]))?.output == ""

    struct Outcome: Sendable {
        let status: Int32
        let output: String
    }

    /// Runs this program again on a throw-away host, for the tests of one suite. Waits where nobody else is kept from work by it.
    static func rehearse(_ suite: String, role: String = "root") async throws {
        let outcome = try await offload { try run(["Tests/with-host"] + again(suite), role: role) }
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains(" passed after "), "no test ran: \(outcome.output)")
        for line in outcome.output.split(separator: "\n") where line.contains("measured:") { print(line) }
    }

    /// The command line that runs this program with only the tests of a suite.
    static func again(_ suite: String) -> [String] {
        [CommandLine.arguments[0], "--testing-library", "swift-testing", "--filter", suite]
    }

    static func run(_ command: [String], role: String? = nil) throws -> Outcome {
        let file = FileManager.default.temporaryDirectory.appending(path: "medic-host-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = root
        var environment = Self.environment
        if let role { environment["MEDIC_HOST_ROLE"] = role }
        environment["TMPDIR"] = nil
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        // One open file for both: lines stay in their order.
        let handle = try FileHandle(forUpdating: file)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: try String(contentsOf: file, encoding: .utf8))
    }

    static func shell(_ script: String) throws {
        let outcome = try run(["sh", "-c", script])
        try #require(outcome.status == 0, "\(script): \(outcome.output)")
    }

    /// Makes a unit known to systemd.
    static func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "/run/systemd/system/\(name)", atomically: true, encoding: .utf8)
    }
}

extension World {
    /// Deeds over the systemd of this host.
    static func onHost(
        files: [TrackedFile] = [],
        _ permit: (inout Permits) -> Void = { _ in }
    ) async throws -> World {
        let loop = try EventLoop(named: "bus")
        loop.start()
        let log = Logger(.discarding(), component: "test")
        let bus = SystemBus(loop: loop, log: log)
        let manager = ServiceManager(bus: bus, log: log)
        manager.start()
        bus.start()
        let deadline = MonotonicInstant.now + .seconds(20)
        while (try? await manager.property("Id", of: "init.scope")) == nil, .now < deadline {
            try await pause(for: .milliseconds(1))
        }
        return try World(manager: manager, files: files) { permits in
            permits.units = ["*"]
            permit(&permits)
        }
    }
}
