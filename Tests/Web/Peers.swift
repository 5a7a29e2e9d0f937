import Configuration
import Foundation
import HTTPServer
import Instruments
import JSON
import Logging
import Metrics
import Rules
import Storage
import Synchronization

@testable import Web

struct PeerFailure: Error {
    let reason: String
}

/// What an API answered, as far as clients look at it.
struct PeerAnswer {
    let status: Int
    let type: String
    let body: String

    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
}

/// Runs a program to its end and hands out what it wrote.
@discardableResult
func output(of program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}

/// Asks as Grafana's proxy does: the parameters encoded in the address, or as a form.
func ask(port: UInt16, _ method: String, _ path: String, _ parameters: [(String, String)]) async throws -> PeerAnswer {
    func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
    let form = parameters.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    var arguments = ["-s", "--compressed", "-m", "20", "-X", method, "-w", "\n%{http_code} %{content_type}"]
    let address = "http://127.0.0.1:\(port)\(path)"
    if method == "POST" {
        arguments += ["--data", form, address]
    } else {
        arguments += [form.isEmpty ? address : "\(address)?\(form)"]
    }
    // Not on a thread of Swift's tasks: the room under test answers there.
    let text = await withCheckedContinuation { continuation in
        DispatchQueue.global().async { [arguments] in
            continuation.resume(returning: (try? output(of: "curl", arguments)) ?? "")
        }
    }
    guard let end = text.lastIndex(of: "\n") else { throw PeerFailure(reason: "no answer") }
    let line = text[text.index(after: end)...].split(separator: " ", maxSplits: 1)
    return PeerAnswer(
        status: Int(line.first ?? "") ?? 0,
        type: line.count > 1 ? String(line[1]) : "",
        body: String(text[..<end])
    )
}

/// A Prometheus that holds the samples of a text, evaluates two rules and scrapes itself.
final class PrometheusPeer {
    let port: UInt16
    private let process = Process()
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medic-peer-\(UUID().uuidString)").path

    init(samples: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
        try samples.write(toFile: folder + "/samples", atomically: true, encoding: .utf8)
        try output(
            of: "promtool",
            ["tsdb", "create-blocks-from", "openmetrics", folder + "/samples", folder + "/data"]
        )
        port = try freePort()
        try Self.rules.write(toFile: folder + "/rules.yml", atomically: true, encoding: .utf8)
        try """
        global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {host: h1}}
        rule_files: [\(folder)/rules.yml]
        scrape_configs:
          - job_name: self
            static_configs: [{targets: ["127.0.0.1:\(port)"]}]
          - job_name: none
            static_configs: [{targets: ["127.0.0.1:1"]}]
            relabel_configs: [{action: drop}]
        alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:1"]}]}]}
        """.write(toFile: folder + "/prometheus.yml", atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/prometheus")
        process.arguments = [
            "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
            "--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        // Not by a signal that it may have blocked, as its parent has.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static let rules = """
        groups:
          - name: g
            rules:
              - {record: "job:m", expr: "vector(1)", labels: {a: b}}
              - {alert: Always, expr: "vector(1)", labels: {severity: page}, annotations: {summary: "all {{ $value }}"}}
        """

    /// Waits until it scrapes and evaluates.
    func waitUntilReady() async throws {
        let end = Date().addingTimeInterval(30)
        while Date() < end {
            let alerts = try? await ask(port: port, "GET", "/api/v1/alerts", [])
            let metadata = try? await ask(port: port, "GET", "/api/v1/targets/metadata", [])
            let scrapes = metadata?.json["data"]?.array?.isEmpty == false
            if scrapes, alerts?.json["data"]?["alerts"]?.array?.isEmpty == false { return }
            usleep(100_000)
        }
        throw PeerFailure(reason: "Prometheus does not get ready")
    }
}

func freePort() throws -> UInt16 {
    let server = HTTPServer(
        .init(listeners: [.tcp(host: "127.0.0.1", port: 0)]),
        handler: Room().room,
        instruments: Instruments(),
        log: Logger(.discarding(), component: "port")
    )
    try server.start()
    defer { server.stop() }
    guard case .tcp(_, let port) = server.addresses.first else { throw PeerFailure(reason: "no port") }
    return port
}

/// The web room over a real server, with the same samples, and rules and targets of the same kind.
final class MedicPeer {
    let port: UInt16
    private let room = Room()
    private let server: HTTPServer

    init(samples: String) throws {
        try room.desk.store.load(
            try OpenMetricsHistory.read(Array(samples.utf8).span)
        )
        room.desk.state.withLock { state in
            state.groups = [Self.group]
            state.targets = Self.targets
            state.metadata = [
                TargetMetadata(
                    target: ["job": "self", "instance": "127.0.0.1:1"],
                    families: [FamilyMetadata(name: "go_threads", type: .gauge, help: "Threads.")]
                )
            ]
        }
        server = HTTPServer(
            .init(listeners: [.tcp(host: "127.0.0.1", port: 0)]),
            handler: room.room,
            instruments: room.instruments,
            log: Logger(.discarding(), component: "peer")
        )
        try server.start()
        guard case .tcp(_, let port) = server.addresses.first else { throw PeerFailure(reason: "no port") }
        self.port = port
    }

    deinit { server.stop() }

    private static let group = RuleGroupReport(
        name: "g",
        file: "rules.yml",
        interval: .seconds(1),
        rules: [
            RuleReport(
                name: "job:m",
                kind: .recording,
                query: "vector(1)",
                labels: ["a": "b"],
                health: .ok,
                lastEvaluation: .now
            ),
            RuleReport(
                name: "Always",
                kind: .alerting(
                    hold: .zero,
                    keepFiring: .zero,
                    annotations: [Label("summary", "all {{ $value }}")],
                    alerts: [
                        Alert(
                            labels: ["alertname": "Always", "severity": "page"],
                            source: .empty,
                            annotations: [Label("summary", "all 1")],
                            value: 1,
                            state: .firing(activeSince: .now, since: .now, keptSince: nil)
                        )
                    ]
                ),
                query: "vector(1)",
                labels: ["severity": "page"],
                health: .ok,
                lastEvaluation: .now
            ),
        ],
        lastEvaluation: .now
    )

    private static let targets = TargetsReport(
        pools: ["self", "none"],
        active: [
            TargetsReport.Target(
                discoveredLabels: [
                    "__address__": "127.0.0.1:1", "__metrics_path__": "/metrics", "__scheme__": "http",
                    "__scrape_interval__": "1s", "__scrape_timeout__": "1s", "job": "self",
                ],
                labels: ["instance": "127.0.0.1:1", "job": "self"],
                pool: "self",
                url: "http://127.0.0.1:1/metrics",
                globalURL: "http://h:1/metrics",
                lastScrape: .now,
                lastDuration: .milliseconds(5),
                health: .up,
                interval: .seconds(1),
                timeout: .seconds(1)
            )
        ],
        dropped: [
            TargetsReport.Dropped(
                discoveredLabels: [
                    "__address__": "127.0.0.1:1", "__metrics_path__": "/metrics", "__scheme__": "http",
                    "__scrape_interval__": "1s", "__scrape_timeout__": "1s", "job": "none",
                ],
                pool: "none"
            )
        ],
        droppedCounts: ["none": 1]
    )
}
