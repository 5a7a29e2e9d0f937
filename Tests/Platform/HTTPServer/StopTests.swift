import Foundation
import TestServers
import Testing

@testable import HTTPServer

@Suite struct StopTests {
    @Test func `What is being answered may finish`() throws {
        let held = Box<(@Sendable (HTTPServer.Reply) -> Void)?>(nil)
        let server = try TestServer { _, respond in held.value = respond }
        let client = try server.client()
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(soon { held.value != nil })
        let respond = held.value
        held.value = nil
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { respond?(text("finished")) }
        server.server.stop(within: .seconds(10))
        let answer = try client.answer()
        #expect(answer.text == "finished")
        #expect(answer.headers["connection"] == "close")
        #expect(throws: RawClient.Failure.self) { try server.client() }
    }

    @Test func `At the bound the rest is turned away`() throws {
        let held = Box<[@Sendable (HTTPServer.Reply) -> Void]>([])
        let channel = EventChannel()
        let server = try TestServer { request, respond in
            switch request.target.path {
            case "/events": respond(HTTPServer.Reply(body: .events(channel)))
            case "/endless":
                respond(HTTPServer.Reply(body: .stream { .bytes([UInt8](repeating: 65, count: 16 << 10)) }))
            default: held.change { $0.append(respond) }
            }
        }
        let waiting = try server.client()
        waiting.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let others = try ["/events", "/endless"].map { path in
            let client = try server.client(receiveBuffer: 4_096)
            client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = client.receive()
            return client
        }
        #expect(soon { held.value.count == 1 })
        let begin = Date()
        server.server.stop(within: .milliseconds(300))
        #expect(Date().timeIntervalSince(begin) < 5)
        #expect(try waiting.answer().status == 503)
        #expect(others.count == 2 && channel.isClosed)
        for respond in held.value { respond(text("too late")) }
    }

    @Test func `Stopping while everybody is busy leaves nothing behind`() throws {
        for _ in 0..<10 {
            let server = try TestServer { _, respond in DispatchQueue.global().async { respond(text("x")) } }
            let clients = try (0..<20).map { _ in try server.client() }
            for client in clients {
                client.send((0..<20).map { _ in "GET / HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            }
            server.server.stop(within: .milliseconds(20))
            #expect(server.value("medic_http_connections") == 0)
            #expect(server.value("medic_http_requests_in_flight") == 0)
        }
    }

    @Test func `A server may stop while clients knock`() throws {
        for _ in 0..<100 {
            let server = try TestServer { _, respond in respond(text("x")) }
            let port = server.port
            let knocking = DispatchGroup()
            for _ in 0..<4 {
                DispatchQueue.global().async(group: knocking) {
                    for _ in 0..<20 {
                        guard let client = try? RawClient(port: port) else { return }
                        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                        _ = client.receive(within: 1)
                    }
                }
            }
            server.server.stop(within: .milliseconds(20))
            knocking.wait()
            #expect(server.value("medic_http_connections") == 0)
        }
    }
}
