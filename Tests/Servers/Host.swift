public import Foundation

/// Tests that need a systemd of their own run twice: here they start a throw-away host, in which this program runs again with only
/// those tests that belong there.
public enum Host {
    /// The folder of the project.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// What this run was given.
    public static let environment = ProcessInfo.processInfo.environment
    /// Who this run is on the throw-away host; nil: this is not the host.
    public static let role = environment["MEDIC_HOST_ROLE"]
    /// Whether this run may make a host.
    public static let isOutside = role == nil

    /// Whether this machine lets one be made.
    public static let canBeMade: Bool = isOutside && (try? run(["Tests/with-host", "--check"]))?.output == ""

    /// How a command ended, and all that it printed.
    public struct Outcome: Sendable {
        public let status: Int32
        public let output: String
    }

    /// What was to be done on a host was not.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs this program again on a throw-away host, for the tests of one suite. Waits where nobody else is kept from work by it.
    public static func rehearse(_ suite: String, role: String = "root") async throws {
        let outcome = try await aside { try run(["Tests/with-host"] + again(suite), role: role) }
        guard outcome.status == 0 else { throw Failure(description: outcome.output) }
        guard outcome.output.contains(" passed after ") else {
            throw Failure(description: "no test ran: \(outcome.output)")
        }
        for line in outcome.output.split(separator: "\n") where line.contains("measured:") { print(line) }
    }

    /// The command line that runs this program with only the tests of a suite.
    public static func again(_ suite: String) -> [String] {
        [CommandLine.arguments[0], "--testing-library", "swift-testing", "--filter", suite]
    }

    /// Runs a command in the folder of the project to its end.
    public static func run(_ command: [String], role: String? = nil) throws -> Outcome {
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

    /// Runs a script that must succeed.
    public static func shell(_ script: String) throws {
        let outcome = try run(["sh", "-c", script])
        guard outcome.status == 0 else { throw Failure(description: "\(script): \(outcome.output)") }
    }

    /// Makes a unit known to systemd.
    public static func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "/run/systemd/system/\(name)", atomically: true, encoding: .utf8)
    }
}
