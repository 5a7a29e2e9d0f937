import Foundation
import TestServers
import Testing

/// The built `medic run` at work in a folder of its own, for as long as the tests run.
final class RunningAgent: Sendable {
    let folder: URL
    var socket: String { folder.appendingPathComponent("medic.sock").path }
    // The agent ends when this pipe closes, which happens however the tests end.
    private let leash = Pipe()

    struct NotReady: Error {
        let log: String
    }

    /// One for all suites: it answers many at once.
    static let shared = Result {
        try RunningAgent(rules: rules) { agent in
            let text = try? agent.medic("alerts").stdout
            return text?.contains("UnitFailed") == true && text?.contains("QueueLong") == true
        }
    }

    /// Rules that make up a host: two units, one of which has failed.
    private static let rules = """
        groups:
          - name: made up
            interval: 200ms
            rules:
              - record: node_systemd_unit_state
                expr: label_replace(label_replace(vector(1), "name", "api.service", "", ""), "state", "failed", "", "")
              - record: node_systemd_unit_state
                expr: label_replace(label_replace(vector(1), "name", "db.service", "", ""), "state", "active", "", "")
              - record: node_systemd_service_restart_total
                expr: label_replace(vector(3), "name", "api.service", "", "")
              - record: queue_length
                expr: vector(42)
              - alert: UnitFailed
                expr: node_systemd_unit_state{state="failed"} == 1
                labels: {severity: critical}
                annotations: {summary: "{{ $labels.name }} has failed"}
              - alert: QueueLong
                expr: queue_length > 40
                for: 1h
                labels: {severity: warning}
              - alert: QueueEndless
                expr: queue_length > 4000 and on () vector(1) == 1
                for: 5m
          - name: at once
            interval: 1m
            evaluate: on_change
            rules:
              - alert: QueueGone
                expr: queue_length < 0

        """

    /// Starts one with these rules and waits until it is ready.
    init(rules: String, configuration: (URL) -> String = { _ in "" }, isReady: (RunningAgent) -> Bool) throws {
        // Paths of sockets have room for a hundred bytes or so.
        folder = URL(fileURLWithPath: "/tmp/medic-agent-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try rules.write(to: folder.appendingPathComponent("rules.yml"), atomically: false, encoding: .utf8)
        try ("rule_files: [rules.yml]\n" + configuration(folder))
            .write(to: folder.appendingPathComponent("medic.yml"), atomically: false, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            "$0" run --config medic.yml --data data --socket "$1" --listen 127.0.0.1:0 < /dev/null > log 2>&1 &
            cat > /dev/null
            kill $!
            wait
            cd / && rm -rf "$2"
            """,
            Scenario.binaries.appendingPathComponent("medic").path, folder.appendingPathComponent("medic.sock").path,
            folder.path,
        ]
        process.currentDirectoryURL = folder
        process.standardInput = leash
        process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]
        try process.run()
        // Whoever else is started must not hold the other end of the leash.
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        if !soon({ isReady(self) }) {
            let log = (try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)) ?? ""
            throw NotReady(log: log)
        }
    }

    /// Runs the command against this agent.
    func medic(_ arguments: String, after: String = "", stdin: String = "") throws -> Scenario.Outcome {
        let text = "x\n$ medic \(arguments) --socket \(socket) \(after)\n--- stdin\n\(stdin)"
        return try Scenario(name: "agent", text: text).run()
    }

    /// The status with which a command over HTTP is answered.
    func post(_ path: String) throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = [
            "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "--unix-socket", socket, "http://medic\(path)",
        ]
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
