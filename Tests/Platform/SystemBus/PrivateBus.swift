import EventLoop
import Foundation
import Logging
import Synchronization
import Testing

@testable import SystemBus

/// A bus of the test's own: a real dbus-daemon on a socket in a temporary folder.
final class PrivateBus: Sendable {
    let folder: URL
    let loop: EventLoop
    let sink = LogSink.recording()
    private let daemon = Mutex<Process?>(nil)

    var socket: String { folder.appending(path: "bus").path }
    var address: BusAddress { .socket(socket) }

    init(started: Bool = true) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "medic bus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        loop = try EventLoop(named: "bus-test")
        loop.start()
        if started { try startDaemon() }
    }

    deinit {
        stopDaemon()
        loop.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    func startDaemon() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/dbus-daemon")
        process.arguments = ["--session", "--nofork", "--nopidfile", "--print-address", "--address=\(address.text)"]
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        daemon.withLock { $0 = process }
        // It says where it listens when it does.
        try #require(!output.fileHandleForReading.availableData.isEmpty)
    }

    func stopDaemon() {
        let process = daemon.withLock { daemon in
            defer { daemon = nil }
            return daemon
        }
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: socket)
    }

    /// Lets the daemon hang, or go on.
    func send(_ signal: Int32) {
        daemon.withLock { daemon in
            if let daemon { kill(daemon.processIdentifier, signal) }
        }
    }

    func connection() -> SystemBus {
        let bus = SystemBus(address: address, loop: loop, log: Logger(sink, component: "bus"))
        bus.start()
        return bus
    }

    /// A program that talks to the bus, such as dbus-send.
    func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ["DBUS_SESSION_BUS_ADDRESS": address.text, "PATH": "/usr/bin:/bin"]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}

/// What happened, in order, from any thread; tests wait for it.
final class Happenings<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func add(_ value: Value) { values.withLock { $0.append(value) } }

    var all: [Value] { values.withLock { $0 } }

    /// Waits until the condition holds, ten seconds at most.
    func wait(until isEnough: ([Value]) -> Bool) async throws -> [Value] {
        for _ in 0..<10_000 {
            let seen = all
            if isEnough(seen) { return seen }
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("waited in vain; so far: \(all)")
        return all
    }
}

extension BusCall {
    /// A method of the bus itself.
    static func ofBus(_ member: String, _ arguments: [BusValue] = [], timeout: Duration = .seconds(10)) -> BusCall {
        BusCall(
            to: "org.freedesktop.DBus",
            path: "/org/freedesktop/DBus",
            interface: "org.freedesktop.DBus",
            member: member,
            arguments,
            timeout: timeout
        )
    }
}
