import Collectors
import Configuration
import EventLoop
import Foundation
import Logging
import Metrics
import Secrets
import Storage
import Testing

/// medic looks at real servers.
@Suite struct ServerCollectorTests {
    private static let redis = "/usr/bin/redis-server"
    private static let postgres = "/usr/lib/postgresql/15/bin"

    private func folder() throws -> String {
        let path = "/tmp/medic-server-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func run(
        _ make: (EventLoop, SampleStore) throws -> ServerCollector,
        _ body: (SampleStore) async throws -> Void
    ) async throws {
        let loop = try EventLoop(named: "server-test")
        loop.start()
        defer { loop.stop() }
        let store = SampleStore()
        let collector = try make(loop, store)
        collector.start()
        try await body(store)
        collector.stop()
    }

    private func wait(until holds: () -> Bool) async throws {
        let deadline = MonotonicInstant.now + .seconds(20)
        while !holds(), MonotonicInstant.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(holds())
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: redis)))
    func `Redis tells of its memory, its clients and the keys asked for; its end is seen`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let socket = folder + "/redis.sock"
        let server = Process()
        server.executableURL = URL(fileURLWithPath: Self.redis)
        server.arguments = [
            "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder, "--maxmemory", "64mb",
            "--requirepass", "secret",
        ]
        server.standardOutput = FileHandle.nullDevice
        try server.run()
        // Not by a signal that the threads of tests may have blocked.
        defer { kill(server.processIdentifier, SIGKILL) }
        try await wait { FileManager.default.fileExists(atPath: socket) }
        try Host.shell("redis-cli --no-auth-warning -a secret -s \(socket) rpush jobs a b c")
        try "secret\n".write(toFile: folder + "/password", atomically: true, encoding: .utf8)

        var settings = RedisCollectorSettings(name: "cache")
        settings.unixSocket = socket
        settings.password = Secret(.file(folder + "/password"))
        settings.keys = ["jobs", "nothing"]
        settings.basics.interval = Milliseconds(200)
        let log = Logger(.discarding(), component: "test")
        try await run {
            try ServerCollector.redis(settings, labels: ["job": "redis"], loop: $0, store: $1, log: log) { _, _ in }
        } _: { store in
            try await wait { store.value("redis_up") == 1 }
            #expect(store.value("redis_key_size", ["key": "jobs", "db": "db0"]) == 3)
            #expect(store.value("redis_key_size", ["key": "nothing"]) == 0)
            #expect(store.value("redis_memory_max_bytes") == 67_108_864)
            #expect((store.value("redis_memory_used_bytes") ?? 0) > 100_000)
            #expect((store.value("redis_connected_clients") ?? 0) >= 1)
            #expect(store.value("redis_config_maxclients") != nil)
            #expect(store.value("redis_db_keys", ["db": "db0"]) == 1)
            kill(server.processIdentifier, SIGKILL)
            try await wait { store.value("redis_up") == 0 }
            #expect(store.value("redis_memory_used_bytes") == nil)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: postgres + "/postgres") && geteuid() == 0))
    func `PostgreSQL tells of its connections, transactions and locks`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let nobody = "setpriv --reuid nobody --clear-groups"
        try Host.shell(
            "chown nobody \(folder) && cd / && \(nobody) \(Self.postgres)/initdb --auth=trust --no-sync -D \(folder)/data"
        )
        // A child of this test, not a daemon: whoever waits for the starter of a daemon waits for the daemon too.
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        server.currentDirectoryURL = URL(fileURLWithPath: "/")
        server.arguments = [
            "--reuid", "nobody", "--clear-groups", "\(Self.postgres)/postgres", "-D", "\(folder)/data",
            "-c", "listen_addresses=", "-c", "fsync=off", "-c", "unix_socket_directories=\(folder)",
            "-c", "max_connections=33", "-c", "logging_collector=off",
        ]
        server.standardError = FileHandle.nullDevice
        try server.run()
        defer { kill(server.processIdentifier, SIGQUIT) }
        try await wait { FileManager.default.fileExists(atPath: folder + "/.s.PGSQL.5432") }
        let session = Process()
        session.executableURL = URL(fileURLWithPath: "/usr/bin/psql")
        session.arguments = ["-h", folder, "-U", "nobody", "postgres", "-c", "BEGIN", "-c", "SELECT pg_sleep(60)"]
        session.standardOutput = FileHandle.nullDevice
        try session.run()
        defer { kill(session.processIdentifier, SIGKILL) }

        var settings = PostgresCollectorSettings(name: "main")
        settings.host = folder
        settings.user = "nobody"
        settings.basics.interval = Milliseconds(500)
        settings.timeout = Milliseconds(500)
        let log = Logger(.discarding(), component: "test")
        try await run {
            try ServerCollector.postgres(settings, labels: ["job": "postgres"], loop: $0, store: $1, log: log) { _, _ in
            }
        } _: { store in
            let active = ["datname": "postgres", "state": "active"]
            // The session that sleeps, and medic's own.
            try await wait { (store.value("pg_stat_activity_count", active) ?? 0) >= 2 }
            try await wait { (store.value("pg_stat_activity_max_tx_duration", active) ?? 0) > 0.5 }
            #expect(store.value("pg_up") == 1)
            #expect(store.value("pg_settings_max_connections") == 33)
            #expect(store.value("pg_locks_waiting") == 0)
            #expect(store.value("pg_replication_lag_seconds") == 0)
            #expect((store.value("pg_database_size_bytes", ["datname": "postgres"]) ?? 0) > 1_000_000)
            #expect(
                store.value("pg_stat_activity_count", ["datname": "postgres", "state": "idle in transaction"]) == 0
            )
            kill(server.processIdentifier, SIGQUIT)
            try await wait { store.value("pg_up") == 0 }
            #expect(store.newest("pg_stat_activity_count").values.allSatisfy { $0.isStaleMarker })
        }
    }
}
