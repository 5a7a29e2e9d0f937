import Alerting
import Configuration
import EventLoop
import Foundation
import HTTPClient
import Instruments
import JSON
import Logging
import Metrics
import TestServers
import Testing

@testable import Agent

/// A forwarder with a loop of its own, and the numbers that it shows.
private final class Messenger: Sendable {
    let loop: EventLoop
    let instruments = Instruments()
    let client: HTTPClient
    let forwarder: Forwarder

    init() throws {
        let log = Logger(.discarding(), component: "test")
        loop = try EventLoop(named: "forwarder-test")
        loop.start()
        client = HTTPClient(loop: loop, log: log, instruments: instruments)
        forwarder = Forwarder(loop, client, log, instruments)
    }

    func close() async {
        await loop.perform { [client, forwarder] in
            forwarder.stop()
            client.stop()
        }
        loop.stop()
    }

    /// Alertmanagers behind these paths of a server.
    func tell(_ server: ServerProcess, _ paths: [String], timeout: Milliseconds = .seconds(10)) async {
        var settings = ForwardingSettings()
        for path in paths {
            var source = ForwardingSettings.Source()
            source.pathPrefix = path
            source.timeout = timeout
            source.discovery.groups = [.init(targets: ["127.0.0.1:\(server.port)"])]
            settings.sources.append(source)
        }
        let wanted = settings
        await loop.perform { [forwarder] in forwarder.configure(wanted) }
    }

    func forward(_ numbers: Range<Int>) async {
        let now = Timestamp(milliseconds: WallClock.now)
        let alerts = numbers.map { number in
            let update = AlertUpdate(labels: ["alertname": "Many", "number": "\(number)"], startsAt: now)
            return ForwardedAlert(update: update, endsAt: now + .minutes(4))
        }
        await loop.perform { [forwarder] in forwarder.forward(alerts) }
    }

    /// The sum of a number over the Alertmanagers behind this path, or over all; nil when there is none.
    func value(_ name: String, _ path: String = "") -> Double? {
        let family = instruments.families().first { $0.name == "medic_forwarding_\(name)" }
        let samples = family?.samples.filter { sample in sample.labels.contains { $0.value.contains("\(path)/api") } }
        return samples.flatMap { $0.isEmpty ? nil : $0.map(\.value).reduce(0, +) }
    }

    func value(_ name: String, _ path: String = "", reaches wanted: Double) async -> Bool {
        await eventually(within: 20) { (value(name, path) ?? 0) >= wanted }
    }
}

/// What is told to other Alertmanagers, and what becomes of it where they do not listen.
@Suite struct `The forwarder` {
    /// The numbers of the alerts of the next request.
    private func numbers(_ server: ServerProcess) async throws -> [Int] {
        let line = try #require(await server.nextLine())
        let body = try JSONValue(parsing: try #require(try JSONValue(parsing: line)["body"]?.string))
        return (body.array ?? []).compactMap { $0["labels"]?["number"]?.string.flatMap { Int($0) } }
    }

    @Test func `tells everything in its order, in portions, one after the other`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let messenger = try Messenger()
        await messenger.tell(server, ["/am"])
        await messenger.forward(0..<600)
        await messenger.forward(600..<610)
        var told: [[Int]] = []
        while told.joined().count < 610 { told.append(try await numbers(server)) }
        #expect(Array(told.joined()) == Array(0..<610))
        #expect(told.map(\.count) == [256, 256, 98])
        #expect(await messenger.value("alerts_sent_total", reaches: 610))
        #expect(messenger.value("alerts_dropped_total") == 0 && messenger.value("queue_alerts") == 0)
        await messenger.close()
    }

    @Test func `counts what an Alertmanager did not take, goes on, and keeps nobody else waiting`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let messenger = try Messenger()
        await messenger.tell(server, ["/status/500", "/hang", "/fine"])
        await messenger.forward(0..<300)
        #expect(await messenger.value("alerts_sent_total", "/fine", reaches: 300))
        #expect(await messenger.value("errors_total", "/status/500", reaches: 2))
        #expect(messenger.value("alerts_dropped_total", "/status/500") == 300)
        #expect(messenger.value("queue_alerts", "/hang") == 44)
        #expect(messenger.value("alerts_dropped_total", "/fine") == 0)
        await messenger.close()
    }

    @Test func `drops the oldest of a queue that is full, and counts them`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let messenger = try Messenger()
        await messenger.tell(server, ["/hang"], timeout: .seconds(3))
        await messenger.forward(0..<256)
        #expect(try await numbers(server).first == 0)
        await messenger.forward(256..<10_300)
        #expect(messenger.value("queue_alerts") == 10_000)
        #expect(messenger.value("alerts_dropped_total") == 44)
        // The next that is told is the oldest that was not dropped.
        #expect(try await numbers(server).first == 300)
        #expect(messenger.value("errors_total") == 1 && messenger.value("alerts_dropped_total") == 300)
        await messenger.close()
    }

    @Test func `keeps what waits for an Alertmanager that stays, through another configuration`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let messenger = try Messenger()
        await messenger.tell(server, ["/hang", "/gone"])
        await messenger.forward(0..<300)
        #expect(messenger.value("queue_alerts", "/hang") == 44)
        await messenger.tell(server, ["/hang", "/new"])
        #expect(messenger.value("queue_alerts", "/hang") == 44)
        #expect(messenger.value("alerts_sent_total", "/gone") == nil, "what is gone is shown no more")
        await messenger.forward(300..<310)
        #expect(messenger.value("queue_alerts", "/hang") == 54)
        #expect(await messenger.value("alerts_sent_total", "/new", reaches: 10))
        await messenger.close()
    }

    @Test func `has one request at a time under way, also to one that was taken out and put back`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let messenger = try Messenger()
        await messenger.tell(server, ["/hang"], timeout: .seconds(1))
        await messenger.forward(0..<100)
        #expect(try await numbers(server).count == 100)
        await messenger.tell(server, [])
        await messenger.tell(server, ["/hang"], timeout: .seconds(2))
        await messenger.forward(100..<400)
        #expect(try await numbers(server).first == 100)
        #expect(try await numbers(server).first == 356)
        // That the request of before has failed says nothing of those since.
        #expect(messenger.value("errors_total") == 1 && messenger.value("alerts_dropped_total") == 256)
        await messenger.close()
    }

    @Test func `tells nothing more once it has stopped`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let messenger = try Messenger()
        await messenger.tell(server, ["/fine"])
        let forwarder = messenger.forwarder
        await messenger.loop.perform { forwarder.stop() }
        await messenger.forward(0..<10)
        #expect(messenger.value("queue_alerts") == 0 && messenger.value("alerts_sent_total") == 0)
        await messenger.close()
    }
}
