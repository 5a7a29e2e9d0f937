import Foundation
import TestServers
import Testing

@testable import HTTPServer

@Suite struct LimitTests {
    private func limits(_ change: (inout HTTPServer.Limits) -> Void) -> HTTPServer.Limits {
        var limits = HTTPServer.Limits()
        change(&limits)
        return limits
    }

    private func echo(_ limits: HTTPServer.Limits = HTTPServer.Limits()) throws -> TestServer {
        try TestServer(limits) { request, respond in respond(text("\(request.body.count)")) }
    }

    @Test(arguments: [
        "\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
    func `What is no HTTP harms nobody`(request: String) throws {
        // Some of it is only the beginning of a request, for which the server waits as long as it waits for anything.
        let server = try echo(limits { $0.idle = .seconds(1) })
        let client = try server.client()
        client.send(request)
        shutdown(client.descriptor, Int32(SHUT_WR))
        let answer = String(decoding: try #require(client.receiveAll()), as: UTF8.self)
        #expect(!answer.hasPrefix("HTTP/1.1 200"))
        #expect(try server.client().get("/").status == 200)
    }

    @Test func `Headers beyond the limit are refused`() throws {
        let server = try echo(limits { $0.headerBytes = 4_096 })
        #expect(try server.client().get("/", ["X: " + String(repeating: "a", count: 3_000)]).status == 200)
        #expect(try server.client().get("/", ["X: " + String(repeating: "a", count: 5_000)]).status == 431)
        let many = try server.client()
        many.send("GET / HTTP/1.1\r\n")
        for _ in 0..<100_000 where !many.send("A: b\r\n") { break }
        let answer = many.receiveAll()
        #expect(answer.map { $0.isEmpty || String(decoding: $0.prefix(12), as: UTF8.self) == "HTTP/1.1 431" } ?? true)
        let long = try server.client()
        long.send("GET /" + String(repeating: "a", count: 100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect([0, 414, 431].contains((try? long.answer().status) ?? 0))
        #expect(try server.client().get("/").status == 200)
    }

    @Test func `A body beyond the limit is refused, announced or not`() throws {
        let server = try echo(limits { $0.bodyBytes = 1_000 })
        let announced = try server.client()
        announced.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
        #expect(try announced.answer().status == 413)
        let chunked = try server.client()
        chunked.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<20 { chunked.send("64\r\n" + String(repeating: "x", count: 100) + "\r\n") }
        chunked.send("0\r\n\r\n")
        #expect(try chunked.answer().status == 413)
        let fits = try server.client()
        fits.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + String(repeating: "x", count: 1_000))
        #expect(try fits.answer().text == "1000")
        #expect(server.value("medic_http_requests_refused_total", "body_too_long") == 2)
        #expect(soon { server.value("medic_http_body_bytes") == 0 })
    }

    @Test func `A body without an end is cut off in time`() throws {
        let server = try echo(
            limits {
                $0.bodyBytes = 1_000
                $0.receiving = .milliseconds(500)
            }
        )
        let client = try server.client()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let end = Date().addingTimeInterval(10)
        var isOpen = true
        while isOpen, Date() < end { isOpen = client.send("64\r\n" + String(repeating: "x", count: 100) + "\r\n") }
        #expect(!isOpen)
        #expect(server.value("medic_http_connections_cut_total", "slow_writer") == 1)
    }

    @Test func `Headers that trickle in do not hold a connection for ever`() throws {
        let server = try echo(
            limits {
                $0.idle = .milliseconds(1_000)
                $0.receiving = .milliseconds(300)
            }
        )
        let client = try server.client()
        let end = Date().addingTimeInterval(20)
        var isOpen = client.send("GET / HTTP/1.1\r\n")
        while isOpen, Date() < end {
            usleep(100_000)
            isOpen = client.send("A")
        }
        #expect(!isOpen)
    }

    @Test func `Idle connections are closed`() throws {
        let server = try echo(limits { $0.idle = .seconds(1) })
        let client = try server.client()
        #expect(try client.get("/").status == 200)
        #expect(client.receive(within: 5) == [])
    }

    @Test func `A client that does not read holds one connection for a while, and nobody up`() throws {
        let server = try TestServer(
            limits {
                $0.idle = .seconds(30)
                $0.sending = .milliseconds(700)
            }
        ) { request, respond in
            if request.target.path == "/endless" {
                respond(HTTPServer.Reply(body: .stream { .bytes([UInt8](repeating: 65, count: 16 << 10)) }))
            } else {
                respond(text("quick"))
            }
        }
        let slow = try (0..<20).map { _ in try server.client(receiveBuffer: 4_096) }
        for client in slow { client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n") }
        for _ in 0..<20 { #expect(try server.client().get("/").text == "quick") }
        #expect(soon { server.value("medic_http_connections_cut_total", "slow_reader") == 20 })
        #expect(soon { server.value("medic_http_connections") == 0 })
    }

    @Test func `Requests in flight are bounded`() throws {
        let held = Box<[@Sendable (HTTPServer.Reply) -> Void]>([])
        let server = try TestServer(limits { $0.requestsInFlight = 3 }) { _, respond in
            held.change { $0.append(respond) }
        }
        let clients = try (0..<3).map { _ in try server.client() }
        for client in clients { client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(soon { held.value.count == 3 })
        #expect(try server.client().get("/").status == 503)
        for respond in held.value { respond(text("done")) }
        held.value = []
        for client in clients { #expect(try client.answer().text == "done") }
        #expect(soon { server.value("medic_http_requests_in_flight") == 0 })
    }

    @Test func `An answer that takes too long is given up`() throws {
        let held = Box<[@Sendable (HTTPServer.Reply) -> Void]>([])
        let server = try TestServer(limits { $0.answering = .milliseconds(200) }) { _, respond in
            held.change { $0.append(respond) }
        }
        #expect(try server.client().get("/").status == 503)
        held.value = []
    }

    @Test func `One address cannot take all connections`() throws {
        let server = try echo(limits { $0.connectionsPerAddress = 5 })
        let clients = try (0..<5).map { _ in try server.client() }
        for client in clients { #expect(try client.get("/").status == 200) }
        let extra = try server.client()
        extra.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(extra.receiveAll() == [])
        #expect(server.value("medic_http_connections_refused_total", "connections_per_address") == 1)
    }

    /// Two thousand in every run of the tests; `Tests/connections` says ten thousand.
    @Test func `Thousands of connections are served, and their end is noticed`() throws {
        let count = ProcessInfo.processInfo.environment["MEDIC_CONNECTIONS"].flatMap { Int($0) } ?? 2_000
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, rlim_t(count + 4_096))
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let server = try echo(
            limits {
                $0.connections = count + 100
                $0.connectionsPerAddress = count + 100
                // Nobody is idle who waits for a processor.
                $0.idle = .seconds(600)
            }
        )
        let before = residentKilobytes()
        // The clients are another process: descriptors are counted per process, and so is memory.
        let clients = try Crowd(count, port: server.port)
        #expect(try clients.answered() == count)
        #expect(server.value("medic_http_connections") == Double(count))
        let perConnection = (residentKilobytes() - before) / count
        print("\(count) connections, \(perConnection) KB resident for each")
        #expect(perConnection < 64)
        let begin = Date()
        for _ in 0..<20 { #expect(try server.client().get("/").status == 200) }
        #expect(Date().timeIntervalSince(begin) < 10)
        clients.leave()
        #expect(isLeft(server), "\(server.value("medic_http_connections")) are still there")
    }

    /// Waits until nobody is connected; false when for half a minute nobody has gone. On a machine under load all of it may take longer.
    private func isLeft(_ server: TestServer) -> Bool {
        var left = server.value("medic_http_connections")
        while left > 0 {
            let before = left
            guard soon(within: 30, { server.value("medic_http_connections") < before }) else { return false }
            left = server.value("medic_http_connections")
        }
        return true
    }

    private func residentKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}

/// Many clients in one process, each of which asks once and stays connected.
private final class Crowd {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    private static let program = """
        import resource, socket, sys
        count, port = int(sys.argv[1]), int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
        clients = [socket.create_connection(("127.0.0.1", port), 60) for _ in range(count)]
        for client in clients:
            client.sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
        def answered(client):
            try:
                return client.recv(4096).startswith(b"HTTP/1.1 200")
            except TimeoutError:
                return None
            except OSError as error:
                print(client.getsockname(), error, file=sys.stderr)
                return False
        # A server that got no processor for a minute has answered nobody. One that has lost a connection answers all others, and never this one.
        answers = [answered(client) for client in clients]
        late = [client for client, answer in zip(clients, answers) if answer is None]
        for client in late:
            print(client.getsockname(), "was not answered for a minute", file=sys.stderr)
        print(answers.count(True) + sum(answered(client) is True for client in late), flush=True)
        sys.stdin.read()
        """

    init(_ count: Int, port: UInt16) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.program, String(count), String(port)]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// How many were answered, when all have been.
    func answered() throws -> Int {
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        return Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    func leave() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
