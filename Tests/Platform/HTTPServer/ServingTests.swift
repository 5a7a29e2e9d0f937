import Compression
import Foundation
import Instruments
import Logging
import TestServers
import Testing

@testable import HTTPServer

@Suite struct ServingTests {
    @Test func `A request is answered with what the handler says`() throws {
        let server = try TestServer { request, respond in
            let query = request.target.query.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
            respond(text("\(request.method) \(request.target.segments) \(query) \(request.headers["x-a"] ?? "")"))
        }
        let client = try server.client()
        let answer = try client.get("/a/b%2Fc?x=1%202&y=a+b&z", ["X-A: v"])
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain")
        #expect(answer.text == #"GET ["a", "b/c"] x=1 2,y=a b,z= v"#)
        // The connection is kept.
        #expect(try client.get("/").text.hasPrefix("GET []"))
    }

    @Test func `Answers may come later from any thread`() throws {
        let server = try TestServer { _, respond in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(20)) { respond(text("late")) }
        }
        let clients = try (0..<20).map { _ in try server.client() }
        for client in clients { client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
        for client in clients { #expect(try client.answer().text == "late") }
    }

    @Test func `A body arrives whole, with a length and in chunks`() throws {
        let server = try TestServer { request, respond in respond(text(String(decoding: request.body, as: UTF8.self))) }
        let client = try server.client()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
        client.send("lo")
        #expect(try client.answer().text == "hello")
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        #expect(try client.answer().text == "abcde")
    }

    @Test func `Requests sent ahead are answered in their order`() throws {
        let server = try TestServer { request, respond in
            DispatchQueue.global().async { respond(text(request.target.path)) }
        }
        let client = try server.client()
        client.send((0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        for number in 0..<50 { #expect(try client.answer().text == "/\(number)") }
    }

    @Test func `HEAD gets the headers of GET and no body`() throws {
        let server = try TestServer { _, respond in respond(text("body")) }
        let client = try server.client()
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer(isHead: true).headers["content-length"] == "4")
        #expect(try client.answer().text == "body")
    }

    @Test func `Long answers are packed for clients that take it`() throws {
        let long = String(repeating: "all work and no play ", count: 10_000)
        let server = try TestServer { request, respond in
            switch request.target.path {
            case "/stream":
                let rest = Box((0..<100).map { "piece \($0) " })
                respond(
                    HTTPServer.Reply(
                        body: .stream {
                            guard let first = rest.value.first else { return .end }
                            rest.value.removeFirst()
                            return .bytes(Array(first.utf8))
                        }
                    )
                )
            default: respond(text(request.target.path == "/short" ? "short" : long))
            }
        }
        let client = try server.client()
        #expect(try client.get("/").text == long)
        let packed = try client.get("/", ["Accept-Encoding: deflate, gzip;q=0.5"])
        #expect(packed.headers["content-encoding"] == "gzip")
        #expect(packed.headers["vary"] == "Accept-Encoding")
        #expect(packed.body.count < long.utf8.count / 20)
        #expect(try GzipUnpacker.unpack(packed.body, limit: 1 << 20) == Array(long.utf8))
        #expect(try client.get("/", ["Accept-Encoding: gzip;q=0"]).headers["content-encoding"] == nil)
        #expect(try client.get("/short", ["Accept-Encoding: gzip"]).headers["content-encoding"] == nil)
        let pieces = (0..<100).map { "piece \($0) " }.joined()
        #expect(try client.get("/stream").text == pieces)
        let stream = try client.get("/stream", ["Accept-Encoding: gzip"])
        #expect(try GzipUnpacker.unpack(stream.body, limit: 1 << 20) == Array(pieces.utf8))
    }

    @Test func `A stream that fails is cut, not ended`() throws {
        let server = try TestServer { _, respond in
            let isFirst = Box(true)
            respond(
                HTTPServer.Reply(
                    body: .stream {
                        defer { isFirst.value = false }
                        return isFirst.value ? .bytes(Array("begin".utf8)) : .failed
                    }
                )
            )
        }
        let client = try server.client()
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let all = String(decoding: try #require(client.receiveAll()), as: UTF8.self)
        #expect(all.contains("begin"))
        #expect(!all.hasSuffix("0\r\n\r\n"))
    }

    @Test func `A handler that forgets to answer does not hang the client`() throws {
        let server = try TestServer { _, _ in }
        #expect(try server.client().get("/").status == 500)
    }

    @Test func `The work for a client that went away can end`() throws {
        let seen = Box<HTTPServer.Abandonment?>(nil)
        let reply = Box<(@Sendable (HTTPServer.Reply) -> Void)?>(nil)
        let server = try TestServer { request, respond in
            seen.value = request.abandonment
            reply.value = respond
        }
        do {
            let client = try server.client()
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(soon { seen.value != nil })
        }
        #expect(soon { seen.value?.isAbandoned == true })
        reply.value?(text("nobody reads this"))
        reply.value = nil
        #expect(soon { server.value("medic_http_connections") == 0 })
    }

    @Test func `A unix socket tells who is at the other end`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "medic-\(UUID().uuidString.prefix(8)).sock")
            .path
        let peer = Box<HTTPServer.Peer?>(nil)
        func make() -> HTTPServer {
            HTTPServer(
                HTTPServer.Settings(listeners: [.unix(path: path, mode: 0o640, group: nil)]),
                handler: TestHandler { request, respond in
                    peer.value = request.peer
                    respond(text("hello"))
                },
                instruments: .init(),
                log: .init(.discarding(), component: "test")
            )
        }
        let server = make()
        try server.start()
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(try RawClient(path: path).get("/").text == "hello")
        guard case .unix(let user, let groups, let process) = peer.value else {
            Issue.record("no peer")
            return
        }
        #expect(user == geteuid() && groups.contains(getegid()) && process == getpid())
        // The address is taken while somebody serves it, and free again when nobody does.
        #expect(throws: HTTPServerError.self) { try make().start() }
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `What was left behind by a crash does not block the socket`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "medic-\(UUID().uuidString.prefix(8)).sock")
            .path
        for _ in 0..<2 {
            let sockets = try ListeningSocket.open(.unix(path: path, mode: 0o600, group: nil))
            for socket in sockets { close(socket.descriptor) }
        }
        #expect(FileManager.default.fileExists(atPath: path))
        unsafe unlink(path)
    }

    @Test func `Addresses that cannot be had are said so`() throws {
        let taken = try TestServer { _, respond in respond(text("")) }
        #expect(throws: HTTPServerError.cannotListen(on: "127.0.0.1:\(taken.port)", reason: "Address already in use")) {
            try ListeningSocket.open(.tcp(host: "127.0.0.1", port: taken.port))
        }
        #expect(throws: HTTPServerError.self) {
            try ListeningSocket.open(.unix(path: String(repeating: "x", count: 200), mode: 0, group: nil))
        }
        #expect(throws: HTTPServerError.self) {
            try ListeningSocket.open(.unix(path: "/tmp/x.sock", mode: 0, group: "no such group"))
        }
    }

    @Test func `Both families are served`() throws {
        let sockets = try ListeningSocket.open(.tcp(host: "", port: 0))
        #expect(sockets.count == 1)
        for socket in sockets { socket.close() }
        let six = try ListeningSocket.open(.tcp(host: "::1", port: 0))
        #expect(six.first?.address.description.hasPrefix("[::1]:") == true)
        for socket in six { socket.close() }
    }
}
