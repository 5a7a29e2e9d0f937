import Foundation
import TestServers
import Testing

@testable import HTTPServer

@Suite struct EventTests {
    private func serve(_ channel: EventChannel) throws -> TestServer {
        try TestServer { _, respond in respond(HTTPServer.Reply(type: "text/event-stream", body: .events(channel))) }
    }

    private func open(_ server: TestServer) throws -> RawClient {
        let client = try server.client(receiveBuffer: 4_096)
        client.send("GET /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        return client
    }

    private func read(_ client: RawClient, until end: String) -> String {
        var text = ""
        while !text.contains(end), let piece = client.receive(), !piece.isEmpty {
            text += String(decoding: piece, as: UTF8.self)
        }
        return text
    }

    @Test func `Events arrive when they happen`() throws {
        let channel = EventChannel()
        let server = try serve(channel)
        let client = try open(server)
        #expect(read(client, until: "\r\n\r\n").contains("text/event-stream"))
        for number in 0..<100 {
            #expect(channel.send(event: "run", id: "\(number)", data: "line \(number)\nmore"))
            let text = read(client, until: "more\n\n")
            #expect(text.contains("event: run\nid: \(number)\ndata: line \(number)\ndata: more\n\n"))
        }
        channel.close()
        #expect(String(decoding: try #require(client.receive()), as: UTF8.self).hasSuffix("0\r\n\r\n"))
        #expect(!channel.send(data: "late"))
    }

    @Test func `A subscriber that does not read is cut off`() throws {
        // The kernel takes some megabytes before anything waits here: in a few pieces, not in thousands.
        let channel = EventChannel(limit: 1 << 20)
        let server = try serve(channel)
        let client = try open(server)
        _ = read(client, until: "\r\n\r\n")
        let isClosed = Box(false)
        channel.whenClosed { isClosed.value = true }
        let data = String(repeating: "x", count: 200_000)
        #expect(soon { !channel.send(data: data) })
        #expect(channel.isClosed && isClosed.value)
        #expect(soon { server.value("medic_http_connections") == 0 })
        #expect(server.value("medic_http_connections_cut_total", "slow_subscriber") == 1)
    }

    @Test func `A subscriber that went away is noticed`() throws {
        let channel = EventChannel()
        let server = try serve(channel)
        do {
            let client = try open(server)
            _ = read(client, until: "\r\n\r\n")
        }
        #expect(soon { channel.isClosed })
        #expect(soon { server.value("medic_http_connections") == 0 })
    }

    @Test func `Many threads may send at once`() throws {
        let channel = EventChannel(limit: 8 << 20)
        let server = try serve(channel)
        let client = try open(server)
        DispatchQueue.global().async {
            DispatchQueue.concurrentPerform(iterations: 2_000) { channel.send(data: "event \($0).") }
            channel.close()
        }
        let all = try client.answer().text
        for number in 0..<2_000 where !all.contains("data: event \(number).\n\n") {
            Issue.record("\(number) is missing")
        }
    }
}
