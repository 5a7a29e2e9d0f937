import EventLoop
import Foundation
import HTTPClient
import HTTPSettings
import Secrets
import TestServers
import Testing

@Suite struct `TLS of the HTTP client` {
    let world: ClientWorld
    let certificates: Certificates

    init() throws {
        world = try ClientWorld()
        certificates = try Certificates()
    }

    private func server(_ more: [String] = []) throws -> ServerProcess {
        try .awkward(["--tls", certificates.serverCertificate, certificates.serverKey] + more)
    }

    private var trusting: HTTPClientSettings {
        var settings = HTTPClientSettings()
        settings.tls.authorities = Secret(.file(certificates.authority))
        return settings
    }

    @Test func `Only who is trusted is spoken to`() async throws {
        let server = try server()
        let url = server.url("/echo", scheme: "https")
        let error = try #require(await world.get(url).error)
        guard case .tls = error else {
            Issue.record("\(error)")
            return
        }
        #expect(try await world.get(url, trusting).get().status == 200)
        var careless = HTTPClientSettings()
        careless.tls.skipsVerification = true
        #expect(try await world.get(url, careless).get().status == 200)
        var inline = HTTPClientSettings()
        inline.tls.authorities = Secret(try String(contentsOfFile: certificates.authority, encoding: .utf8))
        #expect(try await world.get(url, inline).get().status == 200)
    }

    @Test func `The certificate must be of the name that is expected`() async throws {
        let server = try server()
        let url = server.url("/echo", scheme: "https")
        var settings = trusting
        settings.tls.serverName = "api.test"
        let echo = try await world.echo(url, settings)
        #expect(echo.headers["Host"] == "127.0.0.1:\(server.port)")
        settings.tls.serverName = "other.test"
        #expect(await world.get(url, settings).error != nil)
    }

    @Test func `A client shows its certificate, the one it has now`() async throws {
        let server = try server(["--client-ca", certificates.authority])
        let url = server.url("/echo", scheme: "https")
        #expect(await world.get(url, trusting).error != nil)
        var settings = trusting
        settings.tls.certificate = Secret(.file(certificates.clientCertificate))
        settings.tls.key = Secret(.file(certificates.clientKey))
        #expect(try await world.get(url, settings).get().status == 200)
        // Another certificate is another connection, and this one nobody trusts.
        let stranger = try Certificates()
        for (path, name) in [(stranger.clientCertificate, "client.pem"), (stranger.clientKey, "client.key")] {
            try certificates.folder.write(String(contentsOfFile: path, encoding: .utf8), to: name)
        }
        #expect(await world.get(url, settings).error != nil)
    }

    @Test func `The first certificate to expire is told of`() async throws {
        let server = try server()
        var request = HTTPRequest("GET", server.url("/echo", scheme: "https"))
        request.wantsCertificates = true
        let expiry = try #require(try await world.send(request, trusting).get().certificateExpiry)
        let days = (Double(expiry) - Date().timeIntervalSince1970) / 86_400
        #expect(days > 29.9 && days < 30.1)
    }

    @Test func `A proxy makes a tunnel`() async throws {
        let server = try server()
        let proxy = try ServerProcess.awkward()
        var settings = trusting
        settings.proxy.url = Secret(proxy.url(""))
        #expect(try await world.get(server.url("/echo", scheme: "https"), settings).get().status == 200)
    }

    @Test func `HTTP 2 is spoken where the server can`() async throws {
        let folder = try TemporaryFolder()
        let port = 20_000 + Int.random(in: 0..<20_000)
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.path($0));" }.joined(separator: " ")
        try folder.write(
            """
            daemon off; master_process off; pid \(folder.path("pid")); error_log \(folder.path("errors"));
            events {}
            http {
                access_log off; \(paths)
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    ssl_certificate \(certificates.serverCertificate);
                    ssl_certificate_key \(certificates.serverKey);
                    location / { return 200 "hello"; }
                }
            }
            """,
            to: "nginx.conf"
        )
        let nginx = Process()
        nginx.executableURL = URL(fileURLWithPath: "/usr/sbin/nginx")
        nginx.arguments = ["-c", folder.path("nginx.conf"), "-e", folder.path("errors")]
        nginx.standardOutput = FileHandle.nullDevice
        nginx.standardError = FileHandle.nullDevice
        try nginx.run()
        // It inherits a mask under which it would not hear of being asked to end.
        defer { kill(nginx.processIdentifier, SIGKILL) }
        let url = "https://127.0.0.1:\(port)/"
        var answer = await world.get(url, trusting)
        while case .failure(.connect) = answer, nginx.isRunning { answer = await world.get(url, trusting) }
        #expect(try answer.get().version == "2")
        var settings = trusting
        settings.usesHTTP2 = false
        #expect(try await world.get(url, settings).get().version == "1.1")
    }

    @Test func `A mail goes out over STARTTLS with a password, and a refusal is told in the server's words`()
        async throws
    {
        let server = try ServerProcess(
            "Tests/Conformance/mail-server",
            [certificates.serverCertificate, certificates.serverKey]
        )
        var mail = Mail(
            server: "127.0.0.1:\(server.port)",
            hello: "host.test",
            sender: "medic@host.test",
            recipients: ["ops@example.org", "two@example.org"],
            message: Array("Subject: a\n\n.dot\nend".utf8)
        )
        mail.tls.authorities = Secret(.file(certificates.authority))
        mail.username = "joe"
        mail.password = Secret("letmein")
        #expect(await world.failure(of: mail) == nil)
        let line = try #require(server.line())
        #expect(line.contains(#""to": ["ops@example.org", "two@example.org"]"#) && line.contains(#""tls": true"#))
        #expect(line.contains(#""hello": "host.test""#) && line.contains(#"\r\n.dot\r\nend\r\n"#))
        var wrong = mail
        wrong.recipients = ["nobody@example.org"]
        #expect(await world.failure(of: wrong) != nil)
        wrong = mail
        wrong.password = Secret("wrong")
        #expect(await world.failure(of: wrong) != nil)
        wrong = mail
        wrong.tls.authorities = nil
        #expect(await world.failure(of: wrong) != nil)
    }
}
