import Metrics
import Configuration
import EventLoop
import Foundation
import JSON
import Playbooks
import Postgres
import Redis
import Sockets
import TestServers
import Testing

@testable import Actions

@Suite(.enabled(if: RedisServer.isInstalled)) struct RedisQueueTests {
    private var soon: MonotonicInstant { .now + .seconds(30) }

    private func flush(_ server: RedisServer, key: String, _ more: ActionArguments = ActionArguments())
        -> ActionArguments
    {
        let redis: ArgumentValue = ["address": .text(server.path), "key": .text(key), "database": 0]
        return ActionArguments([.init(name: "backend", value: ["redis": redis])] + more.members)
    }

    private func world(_ server: RedisServer) throws -> World { try World { $0.addresses = [server.path] } }

    private func lines(_ outcome: ActionOutcome) throws -> [JSONValue] {
        let path = try #require(outcome.evidence.first)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test func `A list goes into quarantine in its order, and comes back`() async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, deadline: soon)
        let binary: [UInt8] = [0, 255, 10, 13]
        for number in 0..<1200 { _ = try redis.command(["RPUSH", "jobs", "job \(number)\n\"'"], deadline: soon) }
        _ = try redis.command(bytes: [Array("RPUSH".utf8), Array("jobs".utf8), binary], deadline: soon)
        let world = try world(server)
        let outcome = await world.perform("queue.flush", flush(server, key: "jobs"))
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        #expect(try redis.command(["DBSIZE"], deadline: soon) == .integer(0))
        let entries = try lines(outcome)
        #expect(entries.count == 1202 && entries[1]["value"] == "job 0\n\"'")
        #expect(entries.last?["value"]?["hex"] == "00ff0a0d")
        #expect(try await world.undo(outcome).hasPrefix("put 1201 entries back"))
        #expect(try redis.command(["LLEN", "jobs"], deadline: soon) == .integer(1201))
        #expect(try redis.command(["LINDEX", "jobs", "-1"], deadline: soon) == .bytes(binary))
    }

    @Test func `What an interrupted flush left goes first the next time`() async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, deadline: soon)
        _ = try redis.command(["RPUSH", "medic:quarantine:jobs", "a", "b"], deadline: soon)
        _ = try redis.command(["RPUSH", "jobs", "c", "d", "e"], deadline: soon)
        let world = try world(server)
        let outcome = await world.perform("queue.flush", flush(server, key: "jobs", ["most": 3]))
        #expect(try lines(outcome).dropFirst().map { $0["value"]?.string } == ["a", "b", "c"])
        #expect(try redis.command(["LLEN", "jobs"], deadline: soon) == .integer(2))
    }

    @Test func `Streams, sets and sorted sets too`() async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, deadline: soon)
        for number in 0..<700 {
            _ = try redis.command(["XADD", "stream", "*", "n", "\(number)"], deadline: soon)
            _ = try redis.command(["SADD", "set", "\(number)"], deadline: soon)
            _ = try redis.command(["ZADD", "sorted", "\(number)", "m\(number)"], deadline: soon)
        }
        let world = try world(server)
        for (key, length) in [("stream", "XLEN"), ("set", "SCARD"), ("sorted", "ZCARD")] {
            let outcome = await world.perform("queue.flush", flush(server, key: key), run: key)
            #expect(outcome.result == .succeeded, "\(outcome.message)")
            #expect(try lines(outcome).count == 701, "\(key)")
            #expect(try redis.command([length, key], deadline: soon) == .integer(0))
            _ = try await world.undo(outcome)
            #expect(try redis.command([length, key], deadline: soon) == .integer(700))
        }
    }

    @Test func `A purge must say that data are lost`() async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, deadline: soon)
        for number in 0..<10 { _ = try redis.command(["RPUSH", "jobs", "\(number)"], deadline: soon) }
        let world = try world(server)
        let refused = await world.perform("queue.flush", flush(server, key: "jobs", ["mode": "purge"]))
        #expect(refused.message.contains("lose_data"))
        #expect(try redis.command(["LLEN", "jobs"], deadline: soon) == .integer(10))
        let some = await world.perform(
            "queue.flush",
            flush(server, key: "jobs", ["mode": "purge", "lose_data": true, "most": 4])
        )
        #expect(some.message == "deleted 4 entries; 6 are left")
        #expect(try redis.command(["LINDEX", "jobs", "0"], deadline: soon).text == "4")
    }

    @Test func `A drain waits until the owner has worked it off`() async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, deadline: soon)
        _ = try redis.command(["RPUSH", "jobs", "a"], deadline: soon)
        let world = try world(server)
        let vain = await world.perform(
            "queue.flush",
            flush(server, key: "jobs", ["mode": "drain", "within": .duration(.init(10))])
        )
        #expect(vain.message.hasSuffix("still has 1 entry"))
        async let waiting = world.perform("queue.flush", flush(server, key: "jobs", ["mode": "drain"]))
        _ = try redis.command(["LPOP", "jobs"], deadline: soon)
        #expect(await waiting.result == .succeeded)
    }

    @Test(arguments: Hostile.texts) func `A hostile key or command word stays what it is`(text: String) async throws {
        let server = try await RedisServer.started()
        var redis = try RedisConnection.open(server.socket, deadline: soon)
        _ = try redis.command(["SET", "other", "1"], deadline: soon)
        let world = try world(server)
        _ = await world.perform("queue.flush", flush(server, key: text))
        let set = await world.perform(
            "redis.command",
            ["address": .text(server.path), "command": ["SET", .text(text), .text(text)]]
        )
        #expect(set.result == .succeeded, "\(set.message)")
        #expect(try redis.command(["GET", text], deadline: soon).text?.utf8.elementsEqual(text.utf8) == true)
        #expect(try redis.command(["DBSIZE"], deadline: soon) == .integer(2))
    }
}

@Suite(.enabled(if: PostgresServer.isInstalled)) struct PostgresQueueTests {
    private func world() async throws -> (World, String) {
        let server = try await PostgresServer.shared()
        let world = try World { $0.addresses = ["\(server.folder.path)/.s.PGSQL.5432"] }
        return (world, "host=\(server.folder.path) dbname=postgres user=nobody")
    }

    private func connect() async throws -> PostgresConnection {
        try await PostgresConnection(PostgresServer.shared().settings, deadline: .now + .seconds(30))
    }

    @Test func `Rows go into quarantine in one transaction with the file, and come back`() async throws {
        let (world, dsn) = try await world()
        let connection = try await connect()
        let deadline = MonotonicInstant.now + .seconds(30)
        _ = try connection.execute("CREATE TABLE \"Jobs \"\"x\" (id int, body text)", deadline: deadline)
        _ = try connection.execute(
            "INSERT INTO \"Jobs \"\"x\" SELECT n, 'line ' || n || E'\\n''\"' FROM generate_series(1, 2500) n",
            deadline: deadline
        )
        let backend: ArgumentValue = ["postgres": ["dsn": .text(dsn), "table": "Jobs \"x", "order": "id"]]
        let outcome = await world.perform("queue.flush", ["backend": backend, "most": 2400])
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        let count = "SELECT count(*), min(id) FROM \"Jobs \"\"x\""
        #expect(try connection.execute(count, deadline: deadline).rows == [["100", "2401"]])
        #expect(try await world.undo(outcome).hasPrefix("put 2400 entries back"))
        #expect(try connection.execute(count, deadline: deadline).rows == [["2500", "1"]])
        let body = try connection.execute("SELECT body FROM \"Jobs \"\"x\" WHERE id = 7", deadline: deadline)
        #expect(body.rows == [["line 7\n'\""]])
    }

    @Test func `A statement that touches too many rows is taken back`() async throws {
        let (world, dsn) = try await world()
        let connection = try await connect()
        let deadline = MonotonicInstant.now + .seconds(30)
        _ = try connection.execute("CREATE TABLE few AS SELECT generate_series(1, 10) AS n", deadline: deadline)
        let many = await world.perform("postgres.execute", ["dsn": .text(dsn), "sql": "DELETE FROM few", "limit": 3])
        #expect(many.message == "10 rows were touched, and at most 3 may be; the transaction was rolled back")
        #expect(try connection.execute("SELECT * FROM few", deadline: deadline).rows.count == 10)
        let few = await world.perform(
            "postgres.execute",
            ["dsn": .text(dsn), "sql": "DELETE FROM few WHERE n <= $1::int", "parameters": ["3"], "limit": 3]
        )
        #expect(few.result == .succeeded, "\(few.message)")
        #expect(try connection.execute("SELECT * FROM few", deadline: deadline).rows.count == 7)
    }

    @Test(arguments: Hostile.texts) func `A hostile parameter or table is never a statement`(text: String) async throws
    {
        let (world, dsn) = try await world()
        let connection = try await connect()
        let answer = await world.perform(
            "postgres.execute",
            ["dsn": .text(dsn), "sql": "SELECT length($1)", "parameters": [.text(text)]]
        )
        #expect(answer.result.isSuccess == !text.utf8.contains(0))
        let backend: ArgumentValue = ["postgres": ["dsn": .text(dsn), "table": .text(text), "order": .text(text)]]
        #expect(await !world.perform("queue.flush", ["backend": backend]).result.isSuccess)
        #expect(await !world.perform("postgres.execute", ["dsn": .text(text), "sql": "SELECT 1"]).result.isSuccess)
        let elsewhere = await world.perform("postgres.execute", ["dsn": "host=/elsewhere", "sql": "SELECT 1"])
        #expect(elsewhere.message.contains("addresses: ['/elsewhere/.s.PGSQL.5432']"))
        _ = try connection.execute("SELECT 1", deadline: .now + .seconds(30))
    }
}

@Suite struct SpoolQueueTests {
    @Test func `Files go into quarantine, oldest first, and come back`() async throws {
        let world = try World()
        for number in 0..<5 { try world.write("spool/\(number).msg", "message \(number)") }
        try world.write("spool/.unfinished", "x")
        try FileManager.default.createSymbolicLink(
            atPath: world.path("spool/link.msg"),
            withDestinationPath: "/etc/hostname"
        )
        let backend: ArgumentValue = ["spool": ["folder": .text(world.path("spool")), "names": "*.msg"]]
        let outcome = await world.perform("queue.flush", ["backend": backend])
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: world.path("spool")).sorted() == [
                ".unfinished", "link.msg",
            ]
        )
        _ = try await world.undo(outcome)
        #expect(try world.read(world.path("spool/3.msg")) == "message 3")
    }

    @Test(arguments: Hostile.texts) func `A hostile folder is not left`(text: String) async throws {
        let world = try World()
        try world.write("../outside/file", "x")
        for folder in [text, world.path(text), world.path("../outside")] {
            _ = await world.perform("queue.flush", ["backend": ["spool": ["folder": .text(folder)]]])
        }
        #expect(FileManager.default.fileExists(atPath: world.folder + "/outside/file"))
    }
}
