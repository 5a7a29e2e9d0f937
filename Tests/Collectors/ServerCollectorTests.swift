import Collectors
import Configuration
import EventLoop
import Foundation
import HTTPClient
import Instruments
import Logging
import Metrics
import Secrets
import Storage
import TestServers
import Testing

/// medic looks at real servers.
@Suite struct ServerCollectorTests {
    private static let redis = "/usr/bin/redis-server"
    // A server that takes longer than half of this is degraded: on a machine under load it may take long, and is well all the same.
    private static let patience = Milliseconds.minutes(2)
    private static let postgres = "/usr/lib/postgresql/15/bin"

    private func folder() throws -> String {
        let path = "/tmp/medic-server-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func run(
        _ make: (EventLoop, SampleStore) throws -> ServerCollector,
        _ body: (SampleStore, ServerCollector) async throws -> Void
    ) async throws {
        let loop = try EventLoop(named: "server-test")
        loop.start()
        defer { loop.stop() }
        let store = SampleStore()
        let collector = try make(loop, store)
        collector.start()
        try await body(store, collector)
        collector.stop()
    }

    private func startRedis(_ folder: String, _ more: String...) async throws -> Process {
        let server = Process()
        server.executableURL = URL(fileURLWithPath: Self.redis)
        server.arguments =
            ["--port", "0", "--unixsocket", folder + "/redis.sock", "--save", "", "--dir", folder] + more
        try await server.start(untilItSays: "accept connections")
        return server
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: redis)))
    func `Redis that has lost its master is degraded, and says so`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await startRedis(folder, "--replicaof", "127.0.0.1 9")
        defer { kill(server.processIdentifier, SIGKILL) }
        var settings = RedisCollectorSettings(name: "cache")
        settings.unixSocket = folder + "/redis.sock"
        settings.timeout = Self.patience
        settings.basics.interval = Milliseconds(200)
        let log = Logger(.discarding(), component: "test")
        try await run {
            try ServerCollector.redis(settings, labels: [:], loop: $0, store: $1, log: log) { _, _ in Bell.landed.ring()
            }
        } _: { store, collector in
            await Bell.wait { store.value("redis_condition") != nil }
            #expect(store.value("redis_up") == 1 && store.value("redis_condition") == 1)
            #expect(collector.condition?.level == .degraded)
            #expect(collector.condition?.message == "its link to the master is down")
            #expect((collector.condition?.latency ?? .zero) > .zero)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: redis)))
    func `Redis tells of its memory, its clients and the keys asked for; its end is seen`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let socket = folder + "/redis.sock"
        let server = try await startRedis(folder, "--maxmemory", "64mb", "--requirepass", "secret")
        // Not by a signal that the threads of tests may have blocked.
        defer { kill(server.processIdentifier, SIGKILL) }
        try Host.shell("redis-cli --no-auth-warning -a secret -s \(socket) rpush jobs a b c")
        try "secret\n".write(toFile: folder + "/password", atomically: true, encoding: .utf8)

        var settings = RedisCollectorSettings(name: "cache")
        settings.unixSocket = socket
        settings.password = Secret(.file(folder + "/password"))
        settings.keys = ["jobs", "nothing"]
        settings.basics.interval = Milliseconds(200)
        settings.timeout = Self.patience
        let log = Logger(.discarding(), component: "test")
        try await run {
            try ServerCollector.redis(settings, labels: ["job": "redis"], loop: $0, store: $1, log: log) { _, _ in
                Bell.landed.ring()
            }
        } _: { store, collector in
            await Bell.wait { store.value("redis_up") == 1 }
            #expect(store.value("redis_key_size", ["key": "jobs", "db": "db0"]) == 3)
            #expect(store.value("redis_key_size", ["key": "nothing"]) == 0)
            #expect(store.value("redis_memory_max_bytes") == 67_108_864)
            #expect((store.value("redis_memory_used_bytes") ?? 0) > 100_000)
            #expect((store.value("redis_connected_clients") ?? 0) >= 1)
            #expect(store.value("redis_config_maxclients") != nil)
            #expect(store.value("redis_db_keys", ["db": "db0"]) == 1)
            #expect(store.value("redis_condition") == 0)
            let condition = try #require(collector.condition)
            #expect(condition.level == .healthy && condition.message == "" && condition.name == "redis cache")
            #expect(condition.latency > .zero && condition.latency < .seconds(20))
            kill(server.processIdentifier, SIGKILL)
            await Bell.wait { store.value("redis_up") == 0 }
            #expect(collector.condition?.level == .unhealthy)
            #expect(store.value("redis_condition") == 2)
            #expect(store.value("redis_memory_used_bytes") == nil)
        }
    }

    private func startPostgres(_ folder: String) async throws -> Process {
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
        try await server.start(untilItSays: "accept connections")
        return server
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: postgres + "/postgres") && geteuid() == 0))
    func `PostgreSQL tells of its connections, transactions and locks`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await startPostgres(folder)
        defer { kill(server.processIdentifier, SIGQUIT) }
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
        settings.timeout = Self.patience
        let log = Logger(.discarding(), component: "test")
        try await run {
            try ServerCollector.postgres(settings, labels: ["job": "postgres"], loop: $0, store: $1, log: log) { _, _ in
                Bell.landed.ring()
            }
        } _: { store, _ in
            let active = ["datname": "postgres", "state": "active"]
            // The session that sleeps, and medic's own.
            await Bell.wait { (store.value("pg_stat_activity_count", active) ?? 0) >= 2 }
            await Bell.wait { (store.value("pg_stat_activity_max_tx_duration", active) ?? 0) > 0.5 }
            #expect(store.value("pg_up") == 1)
            #expect(store.value("pg_settings_max_connections") == 33)
            #expect(store.value("pg_locks_waiting") == 0)
            #expect(store.value("pg_replication_lag_seconds") == 0)
            #expect((store.value("pg_database_size_bytes", ["datname": "postgres"]) ?? 0) > 1_000_000)
            #expect(
                store.value("pg_stat_activity_count", ["datname": "postgres", "state": "idle in transaction"]) == 0
            )
            kill(server.processIdentifier, SIGQUIT)
            await Bell.wait { store.value("pg_up") == 0 }
            #expect(store.newest("pg_stat_activity_count").values.allSatisfy { $0.isStaleMarker })
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: postgres + "/postgres") && geteuid() == 0))
    func `An operator's queries become series, and what is wrong with one is told and stops no other`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await startPostgres(folder)
        defer { kill(server.processIdentifier, SIGQUIT) }
        let psql = "psql -q -h \(folder) -U nobody"
        try Host.shell("\(psql) postgres -c 'CREATE DATABASE shop'")
        try Host.shell("\(psql) shop -c 'CREATE TABLE stock (item text, amount numeric, is_sold boolean)'")
        try Host.shell("\(psql) shop -c \"INSERT INTO stock VALUES ('pear', 2.5, true), ('plum', NULL, false)\"")

        var settings = PostgresCollectorSettings(name: "main")
        settings.host = folder
        settings.user = "nobody"
        settings.basics.interval = Milliseconds(500)
        settings.timeout = Self.patience
        func query(_ name: String, _ statement: String, _ labels: [String] = []) -> PostgresQuery {
            var query = PostgresQuery(name: name, statement: statement)
            query.labels = labels
            return query
        }
        var stock = query("stock", "SELECT item, amount, is_sold FROM stock", ["item"])
        stock.database = "shop"
        var slow = query("slow", "SELECT pg_sleep(30), 1 AS one")
        slow.timeout = Milliseconds(200)
        var writing = query("writing", "DELETE FROM stock RETURNING 1 AS one")
        writing.database = "shop"
        var many = query("many", "SELECT n AS label, n FROM generate_series(1, 50) AS n", ["label"])
        many.rowsMax = 10
        settings.queries = [
            stock, slow, writing, many, query("wrong", "SELECT nothing FROM nowhere"),
            query("words", "SELECT 'a' AS who, 'much' AS amount, 3 AS number", ["who"]),
            query("twice", "SELECT 'a' AS who, n FROM generate_series(1, 3) AS n", ["who"]),
            query("label", "SELECT 1 AS n", ["missing"]), query("column", #"SELECT 1 AS "a b""#),
            query("last", "SELECT 'NaN'::float AS nan, '-Infinity'::float AS low, 1e300 AS high"),
        ]
        let log = Logger(.discarding(), component: "test")
        try await run {
            try ServerCollector.postgres(settings, labels: [:], loop: $0, store: $1, log: log) { _, _ in
                Bell.landed.ring()
            }
        } _: { store, collector in
            await Bell.wait { store.newest("pg_query_success").count == settings.queries.count }
            let well = settings.queries.map(\.name).filter { store.value("pg_query_success", ["query": $0]) == 1 }
            #expect(well == ["stock", "words", "twice", "last"])
            #expect(store.value("stock_amount", ["item": "pear"]) == 2.5)
            #expect(store.value("stock_amount", ["item": "plum"]) == nil)
            #expect(store.value("stock_is_sold", ["item": "pear"]) == 1)
            #expect(store.value("stock_is_sold", ["item": "plum"]) == 0)
            #expect(store.newest("many_n").isEmpty)
            #expect(store.value("words_number", ["who": "a"]) == 3)
            #expect(store.value("pg_query_rejected_values", ["query": "words"]) == 1)
            #expect(store.value("twice_n", ["who": "a"]) == 1)
            #expect(store.value("pg_query_rejected_values", ["query": "twice"]) == 2)
            #expect(store.value("last_nan")?.isNaN == true)
            #expect(store.value("last_low") == -.infinity && store.value("last_high") == 1e300)
            #expect(store.value("pg_up") == 1)
            // It works, and something about it is wrong.
            #expect(store.value("pg_condition") == 1)
            let message = collector.condition?.message ?? ""
            for words in [
                "canceling statement due to statement timeout", "read-only transaction", "more than 10 rows",
                "no column 'missing'", "'a b' cannot be part", "is no number: 'much'", "the same labels",
            ] {
                #expect(message.contains(words), "\(message)")
            }
            // Nothing was deleted.
            #expect(store.newest("stock_is_sold").count == 2)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/lib/rabbitmq/bin/rabbitmq-server")))
    func `RabbitMQ tells of its queues, and its end is seen`() async throws {
        let broker = try await aside { try ServerProcess("Tests/Conformance/broker", patience: 150) }
        defer { broker.stop() }
        let api = "curl -sf -u guest:guest http://127.0.0.1:\(broker.port)/api"
        for queue in ["orders", "idle", "hidden"] {
            try Host.shell("\(api)/queues/%2f/\(queue) -X PUT -d '{\"durable\":false}'")
        }
        let message = #"{"properties":{},"routing_key":"orders","payload":"x","payload_encoding":"string"}"#
        for _ in 0..<3 { try Host.shell("\(api)/exchanges/%2f/amq.default/publish -d '\(message)'") }

        var settings = RabbitMQCollectorSettings(name: "broker")
        settings.url = "http://127.0.0.1:\(broker.port)/"
        settings.exclude = "hid.*"
        settings.basics.interval = Milliseconds(300)
        settings.timeout = Self.patience
        let log = Logger(.discarding(), component: "test")
        try await run { loop, store in
            let client = HTTPClient(loop: loop, log: log, instruments: Instruments())
            return try ServerCollector.rabbitmq(settings, labels: [:], client: client, store: store, log: log) { _, _ in
                Bell.landed.ring()
            }
        } _: { store, collector in
            let orders = ["vhost": "/", "queue": "orders"]
            await Bell.wait { store.value("rabbitmq_queue_messages_ready", orders) == 3 }
            #expect(store.value("rabbitmq_queue_messages", orders) == 3)
            #expect(store.value("rabbitmq_queue_messages_unacked", orders) == 0)
            #expect(store.value("rabbitmq_queue_consumers", orders) == 0)
            #expect(store.value("rabbitmq_queue_messages", ["queue": "idle"]) == 0)
            #expect(store.newest("rabbitmq_queue_up").count == 2)
            #expect(store.value("rabbitmq_up") == 1 && store.value("rabbitmq_queues") == 3)
            #expect((store.value("rabbitmq_process_resident_memory_bytes") ?? 0) > 1_000_000)
            #expect(store.value("rabbitmq_alarms_memory_used_watermark") == 0)
            #expect(store.newest("rabbitmq_build_info").keys.first?["rabbitmq_version"]?.isEmpty == false)
            #expect(store.value("rabbitmq_condition") == 0)
            let condition = try #require(collector.condition)
            #expect(condition.level == .healthy && condition.message == "" && condition.name == "rabbitmq broker")
            #expect(condition.latency > .zero && condition.latency < .seconds(20))
            broker.stop()
            await Bell.wait { store.value("rabbitmq_up") == 0 }
            #expect(collector.condition?.level == .unhealthy && store.value("rabbitmq_condition") == 2)
            #expect(store.newest("rabbitmq_queue_messages").values.allSatisfy { $0.isStaleMarker })
        }
    }

    @Test func `A broker that refuses, or is none, is told apart`() async throws {
        let server = try ServerProcess.awkward()
        let log = Logger(.discarding(), component: "test")
        for (path, words) in [
            ("/status/401?", "refuses the user"), ("/status/404?", "rabbitmq_management"), ("/metrics?", "no JSON"),
        ] {
            var settings = RabbitMQCollectorSettings(name: "broker")
            settings.url = server.url(path)
            settings.basics.interval = Milliseconds(200)
            try await run { loop, store in
                let client = HTTPClient(loop: loop, log: log, instruments: Instruments())
                return try ServerCollector.rabbitmq(settings, labels: [:], client: client, store: store, log: log) {
                    _,
                    _ in Bell.landed.ring()
                }
            } _: { store, collector in
                await Bell.wait { collector.condition?.message.contains(words) == true }
                #expect(store.value("rabbitmq_up") == 0)
            }
        }
    }
}
