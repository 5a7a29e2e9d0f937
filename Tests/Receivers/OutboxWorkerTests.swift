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
        let sender = NotificationSender(
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
            instruments: Instruments(),
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

    static func notification(_ id: String, index: Int = 0, kind: String = "webhook") -> Alerting.Notification {
        Samples.notification(Samples.cases[0].alerts, kind: kind, index: index, id: id)
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
