import Configuration
import Diagnostics
import Metrics
import Secrets
import Testing
import YAML

@Suite struct `The web section` {
    private func read(_ text: String) -> (value: WebSettings?, codes: [String]) {
        let source = SourceText(name: "/etc/medic/medic.yml", text: text)
        let problems = Problems(in: source)
        let value = YAMLDocument(source, problems: problems).flatMap {
            $0.decode(WebSettings.shape, problems: problems)
        }
        return (value, problems.diagnostics.map { "\($0.start.line): \($0.code)" })
    }

    @Test func `Without anything said, a loopback port and the socket are served`() throws {
        let (value, codes) = read("{}")
        let settings = try #require(value)
        #expect(codes == [])
        #expect(settings.listen.map(\.isLoopback) == [true])
        #expect(settings.socket?.path == "/run/medic/medic.sock")
        #expect(!settings.access.hasCredentials && !settings.allowsQuit)
    }

    @Test func `Senders of alerts have credentials of their own, which do not lock readers out`() throws {
        let (value, codes) = read(
            """
            auth: {senders: {tokens: [0123456789abcdef], signing_keys: [fedcba9876543210], signing_key_files: [/k]}}
            webhooks: {resolve_timeout: 2h}
            """
        )
        let settings = try #require(value)
        #expect(codes == [])
        #expect(settings.access.senders.tokens == [Secret("0123456789abcdef")])
        #expect(settings.access.signingKeys == [Secret("fedcba9876543210"), Secret(.file("/k"))])
        #expect(!settings.access.hasCredentials)
        #expect(settings.webhookResolveTimeout == .hours(2))
        #expect(read("webhooks: {resolve_timeout: soon}").value == nil)
    }

    @Test func `All that can be said is read`() throws {
        let (value, codes) = read(
            """
            listen: ["[::1]:9120", ":8443"]
            socket: {path: run/m.sock, mode: "0600", group: adm}
            tls: {cert_file: c.pem, key_file: /k.pem, client_ca_file: ca.pem}
            auth:
              loopback: operator
              anonymous: reader
              readers: {token_files: [r.token], client_certificates: [grafana]}
              operators: {tokens: [0123456789abcdef], users: {ada: "$2b$12$x"}}
            external_url: https://host:8443/
            hosts: [host]
            limits: {connections: 10, body_bytes: 1MB, idle_timeout: 5s}
            queries: {concurrency: 2, timeout: 10s}
            allow_quit: true
            """
        )
        let settings = try #require(value)
        #expect(codes == [])
        #expect(settings.listen == [.init(host: "::1", port: 9120), .init(host: "", port: 8443)])
        #expect(settings.socket?.path == "/etc/medic/run/m.sock" && settings.socket?.mode == 0o600)
        #expect(settings.tls?.certificateFile == "/etc/medic/c.pem" && settings.tls?.keyFile == "/k.pem")
        #expect(settings.access.readers.tokens.map(\.file) == ["/etc/medic/r.token"])
        #expect(settings.access.operators.users.map(\.name) == ["ada"])
        #expect(settings.access.loopback == .operator)
        #expect(settings.limits.bodyBytes == ByteCount(1 << 20))
        #expect(settings.queries.timeout == .seconds(10))
        #expect("\(settings)".contains("0123456789abcdef") == false)
    }

    @Test func `No socket is an answer too`() throws {
        #expect(try #require(read("socket: false").value).socket == nil)
    }

    @Test(arguments: [
        ("listen: nowhere", "1: yaml/bad-value"), ("listen: ::1:80", "1: yaml/bad-value"),
        ("socket: {mode: \"0999\"}", "1: yaml/bad-value"), ("tls: {cert_file: a}", "1: yaml/missing-key"),
        ("auth: {anonymous: operator}", "1: web/anonymous-operator"),
        ("auth: {readers: {tokens: [short]}}", "1: yaml/bad-value"),
        ("auth: {readers: {users: {a: plain}}}", "1: yaml/bad-value"),
        ("limits: {header_bytes: 1KB}", "1: web/header-limit"), ("queries: {concurrency: 0}", "1: yaml/bad-value"),
        ("listen: \":9120\"", "1: web/unreachable"),
        ("listen: \":9120\"\nauth: {readers: {tokens: [0123456789abcdef]}}", "1: web/plain-credentials"),
    ])
    func `What is wrong is told where it stands`(text: String, code: String) {
        #expect(read(text).codes == [code])
    }
}
