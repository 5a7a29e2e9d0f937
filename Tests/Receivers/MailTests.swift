import Alerting
import Configuration
import Foundation
import JSON
import Metrics
import TestServers
import Testing

@testable import Receivers

/// Exim, which wants TLS and the password of joe.
final class MailExchange: Sendable {
    let certificates: Certificates
    let process: ServerProcess
    let startTLSPort: Int
    let implicitPort: Int

    /// Its certificates take a while to make, so that all tests share one.
    static let shared = Task { try await aside { try MailExchange() } }

    init(_ arguments: [String] = []) throws {
        certificates = try Certificates()
        process = try ServerProcess(
            "Tests/Conformance/mail-exchange",
            [certificates.serverCertificate, certificates.serverKey] + arguments
        )
        startTLSPort = process.port
        implicitPort = Int(process.line() ?? "") ?? 0
    }

    /// A receiver that is told by this server.
    func settings(_ port: Int, _ more: String, to: String = "ops@example.org", trusts: Bool = true) throws
        -> NotificationSettings
    {
        let authority = trusts ? "ca_file: \(certificates.authority), " : ""
        let receivers = """
              - name: team
                email_configs:
                  - {to: \(to), from: 'Medic <medic@example.org>', smarthost: '127.0.0.1:\(port)', hello: host.test,
                     tls_config: {\(authority)server_name: localhost}, \(more)}
            """
        return try Samples.settings(receivers)
    }

    /// The next letter to a recipient; each has one of their own.
    func nextLetter(to recipient: String) async throws -> String {
        while true {
            let line = await process.nextLine()
            let letter = try JSONValue(parsing: try #require(line))["text"]?.string ?? ""
            if letter.contains("Envelope-to: \(recipient)\n") { return letter }
        }
    }
}

@Suite(.serialized) struct `A real mail server` {
    static let login = "auth_username: joe, auth_password: letmein"

    static func letter(_ id: String = "a") -> Alerting.Notification {
        Samples.notification(Samples.cases[0].alerts, kind: "email", id: id)
    }

    /// What came of one mail.
    func outcome(_ settings: NotificationSettings) async throws -> (outcome: DeliveryOutcome?, retries: [String]) {
        let post = try Post(settings)
        defer { post.close() }
        post.send(Self.letter())
        return (await post.wait(for: 1).first?.outcome, post.retries)
    }

    @Test func `takes a mail after STARTTLS and a login`() async throws {
        let exchange = try await MailExchange.shared.value
        let settings = try exchange.settings(exchange.startTLSPort, Self.login, to: "'Ann <ann@x.org>, bob@x.org'")
        #expect(try await outcome(settings).outcome == .told)
        let letter = try await exchange.nextLetter(to: "bob@x.org")
        #expect(letter.contains("by mail.test with esmtpsa"))
        #expect(letter.contains("(envelope-from <medic@example.org>)"))
        #expect(letter.contains("(helo=host.test)"))
        #expect(letter.contains("\nTo: Ann <ann@x.org>, bob@x.org\n"))
        #expect(letter.contains("\nSubject: [FIRING:1] Down c1"))
    }

    @Test func `takes a mail where TLS begins with the first byte`() async throws {
        let exchange = try await MailExchange.shared.value
        let more = "auth_username: joe, auth_secret: letmein, force_implicit_tls: true"
        #expect(try await outcome(exchange.settings(exchange.implicitPort, more)).outcome == .told)
        #expect(try await exchange.nextLetter(to: "ops@example.org").contains("with esmtpsa"))
    }

    @Test func `is not told anything when its certificate is not trusted`() async throws {
        let exchange = try await MailExchange.shared.value
        for port in [exchange.startTLSPort, exchange.implicitPort] {
            let more = "\(Self.login), force_implicit_tls: \(port == exchange.implicitPort)"
            let post = try Post(exchange.settings(port, more, trusts: false))
            defer { post.close() }
            post.send(Self.letter())
            try await post.waitForRetries(1)
            #expect(post.retries.first?.contains("tls: ") == true, "\(post.retries)")
            #expect(await post.health().first?.lastTrouble.contains("certificate") == true)
        }
    }

    @Test func `that is somebody else is not told anything`() async throws {
        let exchange = try await MailExchange.shared.value
        let receivers = """
              - name: team
                email_configs:
                  - {to: a@x.org, from: b@x.org, smarthost: '127.0.0.1:\(exchange.startTLSPort)', \(Self.login),
                     tls_config: {ca_file: \(exchange.certificates.authority), server_name: other.test}}
            """
        let post = try Post(try Samples.settings(receivers))
        defer { post.close() }
        post.send(Self.letter())
        try await post.waitForRetries(1)
        #expect(post.retries.first?.contains("tls: ") == true, "\(post.retries)")
    }

    @Test(arguments: ["auth_username: joe, auth_password: wrong", "auth_username: ann, auth_secret: letmein"])
    func `does not take wrong credentials, and is not asked again`(login: String) async throws {
        let exchange = try await MailExchange.shared.value
        let result = try await outcome(exchange.settings(exchange.startTLSPort, login))
        #expect(result.outcome == .failed("535 Incorrect authentication data"))
        #expect(result.retries.isEmpty)
    }

    @Test(arguments: [
        (login, "nobody@x.org", "550 no such user here"), ("require_tls: true", "ops@x.org", "550 log in first"),
    ])
    func `says no for good`(more: String, recipient: String, words: String) async throws {
        let exchange = try await MailExchange.shared.value
        let settings = try exchange.settings(exchange.startTLSPort, more, to: recipient)
        #expect(try await outcome(settings).outcome == .failed(words))
    }

    @Test func `that says come again is asked again`() async throws {
        let exchange = try await MailExchange.shared.value
        let settings = try exchange.settings(exchange.startTLSPort, Self.login, to: "grey@example.org")
        let result = try await outcome(settings)
        #expect(result.outcome == .told)
        #expect(result.retries == ["1 451 greylisted: come again in 500 seconds"])
        #expect(try await exchange.nextLetter(to: "grey@example.org").contains("with esmtpsa"))
    }

    @Test func `without TLS is told nothing where TLS is required, and without a password where it is not`()
        async throws
    {
        let exchange = try await aside { try MailExchange(["plain"]) }
        let strict = try Post(exchange.settings(exchange.startTLSPort, "require_tls: true"))
        defer { strict.close() }
        strict.send(Self.letter())
        try await strict.waitForRetries(1)
        #expect(strict.retries.first?.contains("STARTTLS") == true, "\(strict.retries)")
        #expect(try await outcome(exchange.settings(exchange.startTLSPort, "require_tls: false")).outcome == .told)
        #expect(try await exchange.nextLetter(to: "ops@example.org").contains("with esmtp "))
    }

    @Test func `that takes no letter of that size says so`() async throws {
        let exchange = try await MailExchange.shared.value
        let text = "text: '\(String(repeating: "0123456789", count: 30_000))'"
        let result = try await outcome(exchange.settings(exchange.startTLSPort, "\(Self.login), \(text)"))
        guard case .failed(let words) = result.outcome else {
            Issue.record("\(String(describing: result.outcome))")
            return
        }
        #expect(words.hasPrefix("552"), "\(words)")
    }
}

extension Post {
    /// Waits until so many tries failed.
    func waitForRetries(_ count: Int, seconds: Double = 20) async throws {
        let end = Date().addingTimeInterval(seconds)
        while retries.count < count, Date() < end { try await Task.sleep(for: .milliseconds(10)) }
        #expect(retries.count >= count)
    }
}
