import EventLoop
import Foundation
import Sockets
import TestServers
import Testing

@testable import Redis

@Suite(.enabled(if: RedisServer.isInstalled)) struct RedisConnectionTests {
    private var soon: MonotonicInstant { .now + .seconds(20) }

    @Test func `Values of every kind come back as they were sent`() async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, deadline: soon)
        let hostile: [UInt8] = Array("a\r\n$5\r\n*1 '\"; FLUSHALL\n".utf8) + [0, 255, 254]
        _ = try redis.command(bytes: [Array("SET".utf8), hostile, hostile], deadline: soon)
        #expect(try redis.command(bytes: [Array("GET".utf8), hostile], deadline: soon) == .bytes(hostile))
        #expect(try redis.command(["DBSIZE"], deadline: soon) == .integer(1))
        #expect(try redis.command(["GET", "nothing"], deadline: soon) == .null)
        #expect(try redis.command(["KEYS", "*"], deadline: soon) == .array([.bytes(hostile)]))
        let large = String(repeating: "x", count: 5_000_000)
        _ = try redis.command(["SET", "large", large], deadline: soon)
        #expect(try redis.command(["GET", "large"], deadline: soon).text == large)
    }

    @Test func `A refusal is told in the server's words, and the connection goes on`() async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, database: 3, deadline: soon)
        var refusal: RedisError?
        do { _ = try redis.command(["NONSENSE"], deadline: soon) } catch { refusal = error }
        #expect(refusal?.description.hasPrefix("ERR unknown command") == true)
        #expect(try redis.command(["PING"], deadline: soon) == .status("PONG"))
        let answers = try redis.pipeline(
            [["PING"], ["NONSENSE"], ["PING"]].map { $0.map { Array($0.utf8) } },
            deadline: soon
        )
        #expect(answers.count == 3 && answers[2] == .status("PONG"))
    }

    @Test func `A password is asked for and given`() async throws {
        let server = try await RedisServer.started("--requirepass", "secret")
        var refusal: RedisError?
        do { _ = try RedisConnection.open(server.socket, database: 1, deadline: soon) } catch { refusal = error }
        #expect(refusal?.description.hasPrefix("NOAUTH") == true)
        var redis = try RedisConnection.open(server.socket, password: "secret", deadline: soon)
        #expect(try redis.command(["PING"], deadline: soon) == .status("PONG"))
    }

    @Test func `A server that does not answer costs no more than the deadline`() async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, deadline: soon)
        var failure: RedisError?
        do { _ = try redis.command(["BLPOP", "empty", "0"], deadline: .now + .milliseconds(50)) } catch {
            failure = error
        }
        #expect(failure == .timedOut)
    }

    @Test func `Nobody there is an error that says so`() {
        #expect(throws: RedisError.self) {
            _ = try RedisConnection.open(.unix(path: "/nowhere/redis.sock"), deadline: soon)
        }
    }
}

@Suite struct RedisReaderTests {
    @Test(arguments: ["$999999999999\r\n", "*99999999\r\n", "$-5\r\n", ":x\r\n", "?\r\n", "+a\n", "$1\r\nabc", "\r\n"])
    func `An answer that lies is refused`(text: String) throws {
        var reader = RedisReader()
        try reader.append(Array(text.utf8))
        var failure: RedisError?
        do { _ = try reader.next() } catch { failure = error }
        #expect(failure != nil)
    }

    @Test func `An answer may arrive byte by byte`() throws {
        var reader = RedisReader()
        var answers: [RedisValue] = []
        for byte in "*2\r\n$3\r\na\r\n\r\n*1\r\n:7\r\n+OK\r\n".utf8 {
            try reader.append([byte])
            while let answer = try reader.next() { answers.append(answer) }
        }
        #expect(answers == [.array([.bytes([97, 13, 10]), .array([.integer(7)])]), .status("OK")])
    }

    @Test func `Nesting is bounded`() throws {
        var reader = RedisReader()
        try reader.append(Array(String(repeating: "*1\r\n", count: 100_000).utf8))
        var failure: RedisError?
        do { _ = try reader.next() } catch { failure = error }
        #expect(failure == .malformed("it is nested too deeply"))
    }
}
