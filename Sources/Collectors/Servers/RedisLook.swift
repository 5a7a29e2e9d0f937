public import Configuration
public import EventLoop
public import Logging
public import Metrics
import Redis
import Sockets
public import Storage

extension ServerCollector {
    /// Looks at a Redis server: under redis_exporter's names.
    public static func redis(
        _ settings: RedisCollectorSettings,
        labels: Labels,
        loop: EventLoop,
        store: SampleStore,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws -> ServerCollector {
        try ServerCollector(
            .redis,
            name: settings.name,
            basics: settings.basics,
            timeout: settings.timeout,
            labels: labels,
            loop: loop,
            store: store,
            log: log,
            landed: landed,
            look: { deadline in await offload { RedisLook(settings).report(deadline) } }
        )
    }
}

/// One look at a Redis server.
struct RedisLook {
    /// Lines of `INFO` that are numbers, and what their series are called.
    private static let numbers: [String: String] = [
        "uptime_in_seconds": "redis_uptime_in_seconds", "connected_clients": "redis_connected_clients",
        "blocked_clients": "redis_blocked_clients", "maxclients": "redis_config_maxclients",
        "used_memory": "redis_memory_used_bytes", "used_memory_rss": "redis_memory_used_rss_bytes",
        "maxmemory": "redis_memory_max_bytes", "mem_fragmentation_ratio": "redis_mem_fragmentation_ratio",
        "loading": "redis_loading_dump_file", "rdb_changes_since_last_save": "redis_rdb_changes_since_last_save",
        "rdb_last_save_time": "redis_rdb_last_save_timestamp_seconds",
        "total_connections_received": "redis_connections_received_total",
        "total_commands_processed": "redis_commands_processed_total",
        "rejected_connections": "redis_rejected_connections_total", "expired_keys": "redis_expired_keys_total",
        "evicted_keys": "redis_evicted_keys_total", "keyspace_hits": "redis_keyspace_hits_total",
        "keyspace_misses": "redis_keyspace_misses_total", "connected_slaves": "redis_connected_slaves",
        "master_last_io_seconds_ago": "redis_master_last_io_seconds_ago",
    ]
    /// Lines that say whether something is well, and the word that says so.
    private static let words: [String: (name: String, well: String)] = [
        "rdb_last_bgsave_status": ("redis_rdb_last_bgsave_status", "ok"),
        "aof_last_write_status": ("redis_aof_last_write_status", "ok"),
        "master_link_status": ("redis_master_link_up", "up"),
    ]

    private let settings: RedisCollectorSettings

    init(_ settings: RedisCollectorSettings) { self.settings = settings }

    func report(_ deadline: MonotonicInstant) -> ServerReport {
        do {
            let place: SocketPlace =
                settings.unixSocket.map { .unix(path: $0) } ?? .network(host: settings.host, port: settings.port)
            var redis = try RedisConnection.open(
                place,
                user: settings.user,
                password: try ServerCollector.reveal(settings.password),
                database: settings.database,
                deadline: deadline
            )
            let information = try redis.command(["INFO"], deadline: deadline).text ?? ""
            return Self.judged(ServerReport(readings: Self.readings(information) + (try lengths(&redis, deadline))))
        } catch {
            return ServerReport(complaint: "\(error)")
        }
    }

    /// What is wrong with a server that answers.
    private static func judged(_ report: ServerReport) -> ServerReport {
        var report = report
        if report.value("redis_loading_dump_file") == 1 { report.concerns.append("it is still loading its data") }
        if report.value("redis_rdb_last_bgsave_status") == 0 { report.concerns.append("its last snapshot failed") }
        if report.value("redis_aof_last_write_status") == 0 {
            report.concerns.append("its last write to the append-only file failed")
        }
        if report.value("redis_master_link_up") == 0 { report.concerns.append("its link to the master is down") }
        report.notePressure(
            "connections",
            used: report.value("redis_connected_clients"),
            most: report.value("redis_config_maxclients")
        )
        return report
    }

    static func readings(_ information: String) -> [ServerReading] {
        var readings: [ServerReading] = []
        for line in information.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let key = String(line[..<colon]),
                let value = String(line[line.index(after: colon)...])
            else { continue }
            if let name = numbers[key], let number = Double(value) {
                readings.append(ServerReading(name, [], number))
            } else if let word = words[key] {
                readings.append(ServerReading(word.name, [], value.utf8.elementsEqual(word.well.utf8) ? 1 : 0))
            } else if key.utf8.starts(with: "db".utf8), key.utf8.dropFirst(2).allSatisfy({ (48...57).contains($0) }) {
                readings += keyspace(key, value)
            }
        }
        return readings
    }

    /// `db0:keys=1,expires=0,avg_ttl=0`.
    private static func keyspace(_ database: String, _ text: String) -> [ServerReading] {
        text.split(separator: ",").compactMap { pair in
            let halves = pair.split(separator: "=")
            guard halves.count == 2, let number = Double(halves[1]) else { return nil }
            let label = [Label("db", database)]
            switch halves[0] {
            case "keys": return ServerReading("redis_db_keys", label, number)
            case "expires": return ServerReading("redis_db_keys_expiring", label, number)
            default: return nil
            }
        }
    }

    /// How much the keys hold that are asked for: by the command that suits their type. A key that is not there holds nothing.
    private func lengths(
        _ redis: inout RedisConnection,
        _ deadline: MonotonicInstant
    ) throws(RedisError) -> [ServerReading] {
        guard !settings.keys.isEmpty else { return [] }
        let types = try redis.pipeline(settings.keys.map { Self.bytes(["TYPE", $0]) }, deadline: deadline)
        let commands = ["list": "LLEN", "stream": "XLEN", "set": "SCARD", "zset": "ZCARD", "hash": "HLEN"]
        let questions = zip(settings.keys, types).map { key, type in
            Self.bytes([commands[type.text ?? ""] ?? "STRLEN", key])
        }
        let answers = try redis.pipeline(questions, deadline: deadline)
        return zip(settings.keys, answers).compactMap { key, answer in
            answer.integer.map { length in
                let labels = [Label("db", "db\(settings.database)"), Label("key", key)]
                return ServerReading("redis_key_size", labels, Double(length))
            }
        }
    }

    private static func bytes(_ words: [String]) -> [[UInt8]] { words.map { Array($0.utf8) } }
}
