import Configuration
import EventLoop
import Foundation
import JSON
import Playbooks
import Processes
import TestServers
import Testing

@testable import Actions

/// A real RabbitMQ with its management plugin, in a folder and on ports of its own. It takes some seconds to start.
final class RabbitServer: Sendable {
    static let program = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/rabbitmq/lib"))?.first
        .map { "/usr/lib/rabbitmq/lib/\($0)/sbin/rabbitmq-server" }

    let folder: String
    let url: String
    private let port = Int.random(in: 20_000...28_000)

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/medic-rabbit-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        url = "http://127.0.0.1:\(port)"
        try "[rabbitmq_management].".write(toFile: folder + "/plugins", atomically: true, encoding: .utf8)
        try "management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = \(port)\nlisteners.tcp.1 = 127.0.0.1:\(port + 1)\n"
            .write(toFile: folder + "/rabbitmq.conf", atomically: true, encoding: .utf8)
        let settings = [
            "HOME=\(folder)", "ERL_EPMD_PORT=\(port + 2)", "RABBITMQ_NODENAME=medic\(port)@localhost",
            "RABBITMQ_MNESIA_BASE=\(folder)/mnesia", "RABBITMQ_LOG_BASE=\(folder)/log",
            "RABBITMQ_ENABLED_PLUGINS_FILE=\(folder)/plugins", "RABBITMQ_CONFIG_FILE=\(folder)/rabbitmq.conf",
            "RABBITMQ_DIST_PORT=\(port + 3)", "RABBITMQ_PID_FILE=\(folder)/pid", "PATH=$PATH",
        ]
        let script = """
            touch \(folder)/out
            setsid --fork env -i \(settings.joined(separator: " ")) \(Self.program ?? "") > \(folder)/out 2>&1
            for i in $(seq 600); do
                curl -sf -u guest:guest \(url)/api/overview > /dev/null && exit 0
                sleep 0.1
            done
            cat \(folder)/out; exit 1
            """
        let outcome = try Program(["/bin/bash", "-c", script]).run(deadline: .now + .seconds(90))
        try #require(outcome.isSuccess, "\(outcome.output.text)")
    }

    deinit {
        let script = """
            kill -9 $(cat \(folder)/pid)
            for i in $(seq 100); do epmd -port \(port + 2) -kill > /dev/null 2>&1 && break; sleep 0.1; done
            rm -rf \(folder)
            """
        _ = try? Program(["/bin/bash", "-c", script]).run(deadline: .now + .seconds(20))
    }

    /// Asks the management API.
    func ask(_ method: String, _ path: String, _ body: String = "{}") throws -> String {
        let words = ["/usr/bin/curl", "-sf", "-u", "guest:guest", "-X", method, "-d", body, url + path]
        let outcome = try Program(words).run(deadline: .now + .seconds(30))
        try #require(outcome.isSuccess, "\(words) \(outcome.reason)")
        return outcome.output.text
    }
}

@Suite(.enabled(if: RabbitServer.program != nil)) struct RabbitQueueTests {
    @Test func `Messages go into quarantine, come back, and a purge is a purge`() async throws {
        let server = try await aside { try RabbitServer() }
        let world = try World { $0.addresses = ["127.0.0.1:*"] }
        _ = try server.ask("PUT", "/api/queues/%2F/jobs%20%2F%22x", #"{"durable":true}"#)
        for number in 0..<250 {
            let body =
                #"{"properties":{"delivery_mode":2},"routing_key":"jobs /\"x","payload":"message \#(number)","payload_encoding":"string"}"#
            _ = try server.ask("POST", "/api/exchanges/%2F/amq.default/publish", body)
        }
        let backend: ArgumentValue = [
            "rabbitmq": ["url": .text(server.url), "queue": "jobs /\"x", "vhost": "/", "user": "guest"]
        ]
        let outcome = await world.perform("queue.flush", ["backend": backend])
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        let file = try String(contentsOfFile: try #require(outcome.evidence.first), encoding: .utf8)
        #expect(file.split(separator: "\n").count == 251)
        for number in [0, 100, 249] { #expect(file.contains("\"message \(number)\"")) }
        let again = await world.perform("queue.flush", ["backend": backend], run: "run-2")
        #expect(again.after?["moved"] == 0, "\(again)")
        #expect(try await world.undo(outcome) == "put 250 entries back from \(outcome.evidence[0])")
        let third = await world.perform("queue.flush", ["backend": backend, "most": 10], run: "run-3")
        #expect(third.after?["moved"] == 10, "\(third)")
        let purged = await world.perform(
            "queue.flush",
            ["backend": backend, "mode": "purge", "lose_data": true],
            run: "run-4"
        )
        #expect(purged.result == .succeeded, "\(purged.message)")
        let last = await world.perform("queue.flush", ["backend": backend], run: "run-5")
        #expect(last.after?["moved"] == 0, "\(last)")
    }
}
