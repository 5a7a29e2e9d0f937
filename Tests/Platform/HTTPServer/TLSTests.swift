import Foundation
import Testing

@testable import HTTPServer

@Suite struct TLSTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medic-tls-\(UUID().uuidString)").path

    @discardableResult
    private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// An authority, a server certificate for localhost, and a client certificate for `alice`.
    private func makeCertificates() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try run(
            "openssl",
            ["req", "-x509"] + new + ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test CA", "-days", "2"]
        )
        for (name, subject, extra) in [
            ("server", "/CN=localhost", "subjectAltName=DNS:localhost"),
            ("client", "/CN=alice", "subjectAltName=DNS:alice.example"),
        ] {
            try run("openssl", ["req"] + new + ["-keyout", "\(name).key", "-out", "\(name).csr", "-subj", subject])
            try extra.write(toFile: "\(folder)/\(name).ext", atomically: true, encoding: .utf8)
            try run(
                "openssl",
                [
                    "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                    "-out", "\(name).pem", "-days", "2", "-extfile", "\(name).ext",
                ]
            )
        }
        try run(
            "openssl",
            ["req", "-x509"] + new + [
                "-keyout", "stranger.key", "-out", "stranger.pem", "-subj", "/CN=mallory", "-days", "2",
            ]
        )
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    @Test func `TLS with and without the certificate of a client`() throws {
        try makeCertificates()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try TestServer(
            tls: HTTPServer.TLS(
                certificate: try bytes("server.pem"),
                key: try bytes("server.key"),
                clientAuthorities: try bytes("ca.pem")
            )
        ) { request, respond in
            let certificate = request.clientCertificate
            respond(
                text("\(request.isTLS) \(certificate?.commonName ?? "nobody") \(certificate?.alternativeNames ?? [])")
            )
        }
        let url = "https://localhost:\(server.port)/"
        let resolve = ["--resolve", "localhost:\(server.port):127.0.0.1"]
        #expect(try run("curl", ["-s", "--cacert", "ca.pem"] + resolve + [url]).output == "true nobody []")
        #expect(try run("curl", ["-s"] + resolve + [url]).status == 60)
        let alice = ["--cert", "client.pem", "--key", "client.key"]
        #expect(
            try run("curl", ["-s", "--cacert", "ca.pem"] + alice + resolve + [url]).output
                == #"true alice ["alice.example"]"#
        )
        // A certificate of another authority says nothing.
        let stranger = ["--cert", "stranger.pem", "--key", "stranger.key"]
        let answer = try run("curl", ["-s", "--cacert", "ca.pem"] + stranger + resolve + [url])
        #expect(answer.status != 0 || answer.output == "true nobody []")
        #expect(try run("curl", ["-s", "http://localhost:\(server.port)/"]).status != 0)
        #expect(throws: HTTPServerError.self) {
            try TestServer(tls: HTTPServer.TLS(certificate: bytes("client.pem"), key: bytes("server.key"))) { _, _ in }
        }
    }

    @Test func `Other authorities count from the next request on, also on connections that are there`() throws {
        try makeCertificates()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func tls(_ authorities: [UInt8]) throws -> HTTPServer.TLS {
            HTTPServer.TLS(
                certificate: try bytes("server.pem"),
                key: try bytes("server.key"),
                clientAuthorities: authorities
            )
        }
        let server = try TestServer(tls: try tls(try bytes("ca.pem"))) { request, respond in
            respond(text(request.clientCertificate?.commonName ?? "nobody"))
        }
        func name(_ who: String) throws -> String {
            let secret = ["--cert", "\(who).pem", "--key", "\(who).key"]
            let resolve = ["--resolve", "localhost:\(server.port):127.0.0.1"]
            return try run(
                "curl",
                ["-s", "--cacert", "ca.pem"] + secret + resolve + ["https://localhost:\(server.port)/"]
            )
            .output
        }
        #expect(try name("client") == "alice")
        #expect(try name("stranger") == "nobody")
        try server.server.renew(try tls(try bytes("stranger.pem")))
        #expect(try name("client") == "nobody")
        #expect(try name("stranger") == "mallory")
        try server.server.renew(try tls(try bytes("stranger.pem") + bytes("ca.pem")))
        #expect(try name("client") == "alice")
        #expect(try name("stranger") == "mallory")
        #expect(throws: HTTPServerError.badCertificate("the authorities of clients cannot be read")) {
            try server.server.renew(try tls(Array("nonsense".utf8)))
        }
        #expect(try name("client") == "alice")
    }

    @Test func `Another certificate is shown to whoever comes then, and a bad one changes nothing`() throws {
        try makeCertificates()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try TestServer(
            tls: HTTPServer.TLS(certificate: try bytes("server.pem"), key: try bytes("server.key"))
        ) { _, respond in respond(text("hello")) }
        let address = "127.0.0.1:\(server.port)"
        func subject() throws -> String {
            let command = "openssl s_client -connect \(address) < /dev/null 2> /dev/null | openssl x509 -noout -subject"
            return try run("sh", ["-c", command]).output
        }
        #expect(try subject().contains("localhost"))
        let expiry = try #require(server.server.certificateExpiry)
        #expect(abs(Double(expiry) - Date().timeIntervalSince1970 - 2 * 86_400) < 3_600)
        #expect(throws: HTTPServerError.badCertificate("the key is not that of the certificate")) {
            try server.server.renew(HTTPServer.TLS(certificate: bytes("client.pem"), key: bytes("server.key")))
        }
        #expect(throws: HTTPServerError.badCertificate("the certificate cannot be read")) {
            try server.server.renew(HTTPServer.TLS(certificate: [], key: bytes("server.key")))
        }
        #expect(throws: HTTPServerError.badCertificate("the key cannot be read")) {
            try server.server.renew(HTTPServer.TLS(certificate: bytes("client.pem"), key: Array("nonsense".utf8)))
        }
        #expect(try subject().contains("localhost"))
        try server.server.renew(HTTPServer.TLS(certificate: bytes("client.pem"), key: bytes("client.key")))
        #expect(try subject().contains("alice"))
    }
}
