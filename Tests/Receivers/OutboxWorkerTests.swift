import Alerting
import Configuration
import EventLoop
import Foundation
import HTTPClient
import Instruments
import JSON
import Logging
import Metrics
import Secrets
import Synchronization
import TestServers
import Testing

@testable import Receivers

/// A worker with all that it needs, and a keeper that remembers what it was told.
final class Post: OutboxKeeper {
    struct Settled: Sendable, Equatable {
        let id: String
        let outcome: DeliveryOutcome
        let attempts: Int
    }

    let loop: EventLoop
    let client: HTTPClient
    let log = LogSink.discarding()
    let instruments = Instruments()
    private let sender: NotificationSender
    private let state = Mutex<(settled: [Settled], retries: [String])>(([], []))
    private let workerBox = Mutex<OutboxWorker?>(nil)

    init(
        _ settings: NotificationSettings,
        limit: Int = 1000,
        timeout: Duration = .seconds(30),
        pushoverURL: String = "http://127.0.0.1:9/",
        runProgram: @escaping NotificationSender.ProgramRunner = { _ in nil }
    ) throws {
        loop = try EventLoop(named: "outbox test")
        client = HTTPClient(loop: loop, log: Logger(log, component: "http"), instruments: Instruments())
        sender = NotificationSender(
            settings,
            templates: try NotificationTemplates(),
            externalURL: "http://medic:9093",
            client: client,
            timeout: timeout,
            pushoverURL: pushoverURL,
            runProgram: runProgram
        )
        let worker = OutboxWorker(
            loop: loop,
            sender: sender,
            keeper: self,
            log: Logger(log, component: "receivers"),
            instruments: instruments,
            limit: limit
        ) { settings.policy(of: $0) }
        workerBox.withLock { $0 = worker }
        loop.start()
    }

    /// Ends the loop; a test does it last.
    func close() {
        let client = client
        workerBox.withLock { $0 }?.stop()
        loop.submit { client.stop() }
        loop.stop()
        workerBox.withLock { $0 = nil }
    }

    func send(_ notification: Alerting.Notification, supersedes: String? = nil) {
        workerBox.withLock { $0 }?.add(notification, supersedes: supersedes)
    }

    /// Another configuration.
    func adopt(_ settings: NotificationSettings) throws {
        sender.configure(settings, templates: try NotificationTemplates(), externalURL: "http://medic:9093")
        workerBox.withLock { $0 }?.configure { settings.policy(of: $0) }
    }

    /// Notifications that were tried before, as after a restart.
    func resume(_ notification: Alerting.Notification, attempts: Int) {
        workerBox.withLock { $0 }?.add(notification, attempts: attempts)
    }

    /// The sum of a counter over all that has this label.
    func value(_ name: String, _ label: String? = nil) -> Double {
        instruments.families().first { $0.name == name }?.samples
            .filter { sample in label == nil || sample.labels.contains { $0.value == label } }
            .map(\.value).reduce(0, +) ?? 0
    }

    func health() async -> [Outbox.Health] { await workerBox.withLock { $0 }?.health() ?? [] }

    func willRetry(_ id: String, attempts: Int, in wait: Milliseconds, trouble: String) {
        state.withLock { $0.retries.append("\(attempts) \(trouble)") }
    }

    func settled(_ notification: Alerting.Notification, _ outcome: DeliveryOutcome, attempts: Int) {
        state.withLock { $0.settled.append(Settled(id: notification.id, outcome: outcome, attempts: attempts)) }
    }

    var settled: [Settled] { state.withLock { $0.settled } }
    var retries: [String] { state.withLock { $0.retries } }

    /// Waits until so many are settled.
    func wait(for count: Int, seconds: Double = 20) async -> [Settled] {
        let end = Date().addingTimeInterval(seconds)
        while settled.count < count, Date() < end { try? await Task.sleep(for: .milliseconds(10)) }
        return settled
    }
}

@Suite struct `The outbox's worker` {
    static func settings(_ server: ServerProcess, _ paths: [String], more: String = "") throws -> NotificationSettings {
        let hooks = paths.map { "{url: '\(server.url($0))', timeout: 1s}" }.joined(separator: ", ")
        return try Samples.settings("  - name: team\n    webhook_configs: [\(hooks)]\n    \(more)")
    }

    static func notification(
        _ id: String,
        index: Int = 0,
        kind: String = "webhook",
        group: String? = nil
    ) -> Alerting.Notification {
        Samples.notification(Samples.cases[0].alerts, kind: kind, index: index, id: id, group: group)
    }

    /// The keys of the next requests, in their order.
    static func keys(_ server: ServerProcess, _ count: Int) async throws -> [String] {
        var keys: [String] = []
        while keys.count < count, let line = await server.nextLine() {
            keys.append(try JSONValue(parsing: line)["headers"]?["idempotency-key"]?.string ?? "")
        }
        return keys
    }

    static func request(_ server: ServerProcess) throws -> JSONValue {
        try JSONValue(parsing: try #require(server.line()))
    }

    @Test func `What is taken leaves the outbox, and is told`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let post = try Post(Self.settings(server, ["/hook"]))
        defer { post.close() }
        post.send(Self.notification("a"))
        #expect(await post.wait(for: 1) == [.init(id: "a", outcome: .told, attempts: 1)])
        let request = try Self.request(server)
        #expect(request["headers"]?["idempotency-key"] == "a")
        #expect(request["headers"]?["content-type"] == "application/json")
        let body = try JSONValue(parsing: try #require(request["body"]?.string))
        #expect(body["groupKey"] == .string(Self.notification("a").groupKey))
        #expect(body["alerts"]?.array?.count == 2)
    }

    @Test func `A failure is tried again, and the receiver's wish is heeded`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let post = try Post(Self.settings(server, ["/flaky?times=1&status=429&retry-after=2"]))
        defer { post.close() }
        let clock = ContinuousClock()
        let begin = clock.now
        post.send(Self.notification("a"))
        #expect(await post.wait(for: 1) == [.init(id: "a", outcome: .told, attempts: 2)])
        #expect(clock.now - begin >= .seconds(2))
        #expect(post.retries == ["1 unexpected status code 429: not now"])
    }

    @Test func `A no is final`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let post = try Post(Self.settings(server, ["/status/400?say=bad+token"]))
        defer { post.close() }
        post.send(Self.notification("a"))
        let reason = "unexpected status code 400: bad token"
        #expect(await post.wait(for: 1) == [.init(id: "a", outcome: .failed(reason), attempts: 1)])
    }

    @Test func `A receiver that hangs, resets or is not there delays nobody else`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let settings = try Samples.settings(
            """
              - name: team
                webhook_configs:
                  - {url: '\(server.url("/hang"))', timeout: 30s}
                  - {url: '\(server.url("/reset"))'}
                  - {url: '\(server.url("/status/500"))'}
                  - {url: 'http://127.0.0.1:9/'}
                  - {url: '\(server.url("/fine"))'}
            """
        )
        let post = try Post(settings)
        defer { post.close() }
        for number in 0..<20 {
            for index in 0..<5 { post.send(Self.notification("\(index)-\(number)", index: index)) }
        }
        let settled = await post.wait(for: 20)
        #expect(settled.filter { $0.id.hasPrefix("4-") && $0.outcome == .told }.count == 20)
        let health = await post.health()
        #expect(health.filter { $0.failuresInRow > 0 && !$0.lastTrouble.isEmpty }.count >= 3)
        #expect(post.retries.contains { $0.contains("500") })
    }

    @Test func `A newer notification takes the place of one that waits`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let post = try Post(Self.settings(server, ["/flaky?times=1&status=503&retry-after=30"]))
        defer { post.close() }
        post.send(Self.notification("a"))
        let end = Date().addingTimeInterval(20)
        while post.retries.isEmpty, Date() < end { try await Task.sleep(for: .milliseconds(10)) }
        post.send(Self.notification("b"), supersedes: "a")
        let settled = await post.wait(for: 2)
        #expect(settled.map(\.id) == ["a", "b"])
        #expect(settled.map(\.outcome) == [.superseded, .told])
    }

    @Test func `A full outbox gives up the oldest`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, ["/status/503?retry-after=60"]), limit: 8)
        defer { post.close() }
        for number in 0..<20 { post.send(Self.notification("\(number)")) }
        let settled = await post.wait(for: 12)
        #expect(settled.count == 12)
        #expect(
            settled.allSatisfy {
                if case .failed(let why) = $0.outcome { why.contains("8 notifications wait") } else { false }
            }
        )
        #expect(post.value("medic_receivers_notifications_dropped_total") == 12)
        #expect(post.value("medic_receivers_integration_notifications_total", "dropped") == 12)
        #expect(await post.health().first?.tally.dropped == 12)
        #expect(post.value("medic_receivers_outbox_notifications") == 8)
    }

    @Test func `What a group says arrives in its order, although the first try of the first fails`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let post = try Post(Self.settings(server, ["/flaky?times=1&status=500"]))
        defer { post.close() }
        for id in ["a", "b", "c"] { post.send(Self.notification(id)) }
        #expect(try await Self.keys(server, 4) == ["a", "a", "b", "c"])
        #expect(await post.wait(for: 3).map(\.outcome) == [.told, .told, .told])
    }

    @Test func `What waits for a receiver that the configuration has no more is given up at once`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, ["/fine", "/status/503?retry-after=60"]))
        defer { post.close() }
        for number in 0..<3 { post.send(Self.notification("gone-\(number)", index: 1)) }
        try await post.waitForRetries(1)
        try post.adopt(Self.settings(server, ["/fine"]))
        post.send(Self.notification("late", index: 1))
        post.send(Self.notification("stays"))
        let settled = await post.wait(for: 5)
        let failure = DeliveryOutcome.failed("the configuration has no team/webhook/1 any more")
        #expect(settled.filter { $0.outcome == failure }.map(\.id).sorted() == ["gone-0", "gone-1", "gone-2", "late"])
        #expect(settled.contains { $0.id == "stays" && $0.outcome == .told })
        #expect(await post.health().map(\.integration.index) == [0])
        #expect(post.value("medic_receivers_integration_notifications_total", "given_up") == 4)
        #expect(post.value("medic_receivers_outbox_notifications") == 0)
    }

    @Test func `What is on its way to a receiver that goes is not tried again`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let post = try Post(Self.settings(server, ["/hang"]))
        defer { post.close() }
        post.send(Self.notification("a"))
        #expect(try await Self.keys(server, 1) == ["a"])
        try post.adopt(try Samples.settings("  - name: team"))
        let reason = "the configuration has no team/webhook/0 any more"
        #expect(await post.wait(for: 1) == [.init(id: "a", outcome: .failed(reason), attempts: 2)])
        #expect(await post.health().isEmpty)
    }

    @Test func `A receiver that fails and fails is left alone, so that it gets few requests`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, ["/status/500"]))
        defer { post.close() }
        for number in 0..<100 { post.send(Self.notification("\(number)", group: "\(number)")) }
        let end = Date().addingTimeInterval(20)
        var health = await post.health().first
        while health?.restsUntil == nil || health?.inFlight != 0, Date() < end {
            try await Task.sleep(for: .milliseconds(10))
            health = await post.health().first
        }
        // Five in a row open the breaker; three others may have been on their way.
        #expect((5...8).contains(health?.failuresInRow ?? 0) && health?.queued == 100)
        #expect(post.retries.count == health?.failuresInRow)
        #expect(post.value("medic_receivers_retries_total") == Double(post.retries.count))
    }

    @Test func `No more than so many are sent in a minute`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server", ["--quiet"])
        let post = try Post(Self.settings(server, ["/fine"], more: "delivery: {per_minute: 7, concurrency: 3}"))
        defer { post.close() }
        for number in 0..<30 { post.send(Self.notification("\(number)", group: "\(number)")) }
        #expect(await post.wait(for: 7).count == 7)
        let health = await post.health().first
        #expect(health?.queued == 23 && health?.inFlight == 0 && health?.tally.sent == 7)
    }

    @Test func `What was tried before a restart goes first, under its key, and its tries are counted on`() async throws
    {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let post = try Post(Self.settings(server, ["/fine"]))
        defer { post.close() }
        post.resume(Self.notification("old"), attempts: 3)
        post.send(Self.notification("new"))
        #expect(try await Self.keys(server, 2) == ["old", "new"])
        #expect(await post.wait(for: 2).map(\.attempts) == [4, 1])
    }

    @Test func `A signature can be checked by who has the key`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let hook = "  - name: team\n    webhook_configs: [{url: '\(server.url("/x"))', signing_key: key}]"
        let post = try Post(try Samples.settings(hook))
        defer { post.close() }
        post.send(Self.notification("a"))
        _ = await post.wait(for: 1)
        let request = try Self.request(server)
        let signature = try #require(request["headers"]?["medic-signature"]?.string)
        let body = Array(try #require(request["body"]?.string).utf8)
        let now = WallClock.now / 1000
        #expect(MessageSignature.verify(signature, of: body, key: Array("key".utf8), now: now))
        #expect(!MessageSignature.verify(signature, of: body, key: Array("other".utf8), now: now))
        #expect(!MessageSignature.verify(signature, of: body + [0], key: Array("key".utf8), now: now))
        #expect(!MessageSignature.verify(signature, of: body, key: Array("key".utf8), now: now + 3600))
    }

    @Test func `A program is asked, and its no is tried again`() async throws {
        let settings = try Samples.settings("  - name: team\n    exec_configs: [{command: [/bin/tell]}]")
        let calls = Mutex(0)
        let post = try Post(settings) { call in
            calls.withLock {
                $0 += 1; return $0
            } == 1 ? "exit status 1" : nil
        }
        defer { post.close() }
        post.send(Self.notification("a", kind: "exec"))
        #expect(await post.wait(for: 1) == [.init(id: "a", outcome: .told, attempts: 2)])
        #expect(post.retries == ["1 exit status 1"])
    }

    @Test func `A receiver that is gone from the configuration is a no`() async throws {
        let settings = try Samples.settings("  - name: team")
        let post = try Post(settings)
        defer { post.close() }
        post.send(Self.notification("a"))
        let reason = "the configuration has no team/webhook/0 any more"
        #expect(await post.wait(for: 1).first?.outcome == .failed(reason))
    }
}
