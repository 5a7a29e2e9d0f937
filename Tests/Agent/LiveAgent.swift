import EventLoop
import Foundation
import HTTPClient
import HTTPSettings
import Instruments
import JSON
import Logging
import Synchronization
import TestServers
import Testing

@testable import Agent

/// A whole agent in this process, with a folder of its own, asked over its unix socket.
final class LiveAgent: Sendable {
    /// Rules whose one alert, `Ill`, fires from the first evaluation on.
    static let alwaysIll = """
        groups:
          - name: always
            interval: 1s
            rules:
              - alert: Ill
                expr: medic_rules_evaluations_total >= 0
        """

    let folder: String
    private let process: Mutex<Agent>
    var agent: Agent { process.withLock { $0 } }
    private let client: HTTPClient
    private let loop: EventLoop
    private let ended = DispatchSemaphore(value: 0)

    struct Answer: Sendable {
        let status: Int
        let tree: JSONValue

        var data: JSONValue { tree["data"] ?? .null }
        var error: String { tree["error"]?.string ?? "" }
    }

    /// - Parameter files: by name, `medic.yml` among them.
    init(_ files: [String: String]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "medic-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8) }
        process = Mutex(try Self.prepared(in: folder))
        loop = try EventLoop(named: "test-client")
        loop.start()
        let log = Logger(.discarding(), component: "client")
        client = HTTPClient(loop: loop, log: log, instruments: Instruments(), userAgent: "test")
        begin()
    }

    private func begin() {
        let (agent, ended) = (agent, ended)
        Thread.detachNewThread {
            _ = agent.run()
            ended.signal()
        }
    }

    /// Ends the agent, lets the closure change what it left behind, and begins another one.
    func restart(_ change: (String) throws -> Void) async throws {
        await stop()
        try change(folder)
        let next = try Self.prepared(in: folder)
        process.withLock { $0 = next }
        begin()
    }

    static func prepared(in folder: String) throws -> Agent {
        var options = AgentOptions()
        options.configurationPath = folder + "/medic.yml"
        options.dataFolder = folder + "/data"
        options.socketPath = folder + "/medic.sock"
        options.listen = ["127.0.0.1:0"]
        options.version = "test"
        try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
        let (agent, diagnostics) = try Agent.prepare(options)
        return try #require(agent, "\(diagnostics)")
    }

    /// Ends the agent and forgets its folder.
    func end() async {
        await stop()
        loop.submit { [client] in client.stop() }
        loop.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func stop() async {
        agent.end()
        await withCheckedContinuation { continuation in
            let ended = ended
            Thread.detachNewThread {
                ended.wait()
                continuation.resume()
            }
        }
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path, "") }

    func post(_ path: String, _ form: String = "") async throws -> Answer { try await send("POST", path, form) }

    /// Sends JSON, as programs do that tell of alerts.
    func tell(_ path: String, _ json: String) async throws -> Answer {
        try await send("POST", path, json, type: "application/json")
    }

    private func send(
        _ method: String,
        _ path: String,
        _ form: String,
        type: String = "application/x-www-form-urlencoded"
    ) async throws -> Answer {
        var request = HTTPRequest(method, "http://localhost" + path, timeout: .seconds(20), bodyLimit: 64 << 20)
        if method == "POST" {
            request.headers = [HTTPHeader("Content-Type", type)]
            request.body = Array(form.utf8)
        }
        var settings = HTTPClientSettings()
        settings.unixSocket = folder + "/medic.sock"
        let response = try await client.send(request, settings: settings)
        let tree = try? JSONValue(parsing: response.body, repeatedNames: .lastCounts)
        return Answer(status: response.status, tree: tree ?? .string(String(decoding: response.body, as: UTF8.self)))
    }

    /// Asks until the answer is as wanted; nil when it is not before long.
    func wait(_ path: String, until isWanted: (JSONValue) -> Bool) async throws -> JSONValue? {
        var answer: JSONValue?
        let isThere = await eventually {
            answer = try? await get(path).data
            return answer.map(isWanted) ?? false
        }
        return isThere ? answer : nil
    }
}
