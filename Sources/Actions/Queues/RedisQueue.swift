import EventLoop
import JSON
import Playbooks
import Redis

/// A list, stream, set or sorted set of a Redis server as a queue. Blocking.
struct RedisQueue {
    private static let portion = 500

    private let queue: Queue
    private let key: String
    private let interruption: Interruption

    init(_ queue: Queue, _ interruption: Interruption) throws {
        guard let key = queue.settings.text("key"), !key.isEmpty else { throw DeedFailure("'key' is missing") }
        self.queue = queue
        self.key = key
        self.interruption = interruption
    }

    /// Entries on their way into quarantine wait under a key of their own, so that nobody else takes them meanwhile. What an
    /// interrupted flush left there goes first the next time.
    private var waiting: String { "medic:quarantine:\(key)" }

    func length() throws -> Int {
        var redis = try connect()
        return try length(&redis, try kind(&redis))
    }

    func quarantine(_ interruption: Interruption) throws -> Flushed {
        var redis = try connect()
        let kind = try kind(&redis)
        let hasLeftovers = try integer(&redis, ["EXISTS", waiting]) > 0
        guard kind != "none" || hasLeftovers else { return Flushed() }
        var settings = JSONObject()
        for name in ["address", "user", "password_file"] {
            settings[name] = queue.settings.text(name).map { .string($0) }
        }
        settings["database"] = .integer(queue.settings.integer("database") ?? 0)
        settings["key"] = .string(key)
        settings["type"] = .string(kind == "none" ? "list" : kind)
        var quarantine = try Quarantine(queue.order, backend: "redis", settings: settings)
        if kind == "list" || hasLeftovers {
            try quarantineList(&redis, &quarantine)
        } else {
            try quarantineMembers(kind, &redis, &quarantine)
        }
        return Flushed(count: quarantine.count, quarantine: quarantine.path)
    }

    /// Each entry moves by itself from one key to the other, so that consumers go on undisturbed and nothing is in neither.
    private func quarantineList(_ redis: inout RedisConnection, _ quarantine: inout Quarantine) throws {
        var left = queue.most - (try integer(&redis, ["LLEN", waiting]))
        let move = ["LMOVE", key, waiting, "LEFT", "RIGHT"].map { Array($0.utf8) }
        while left > 0 {
            let commands = [[[UInt8]]](repeating: move, count: min(left, Self.portion))
            let answers = try redis.pipeline(commands, deadline: queue.order.deadline)
            for case .error(let reason) in answers { throw DeedFailure("Redis: \(reason)") }
            let moved = answers.count { $0 != .null }
            left -= moved
            if moved < commands.count { break }
        }
        while try integer(&redis, ["LLEN", waiting]) > 0, !quarantine.isFull {
            let range = ["LRANGE", waiting, "0", String(Self.portion - 1)]
            let entries = try redis.command(range, deadline: queue.order.deadline).array ?? []
            for entry in entries { try quarantine.append(["value": Quarantine.json(entry.bytes ?? [])]) }
            try quarantine.sync()
            _ = try redis.command(["LTRIM", waiting, String(entries.count), "-1"], deadline: queue.order.deadline)
        }
        // What the file may not take goes back to where it was, in its order.
        while try integer(&redis, ["LLEN", waiting]) > 0 {
            _ = try redis.command(["LMOVE", waiting, key, "RIGHT", "LEFT"], deadline: queue.order.deadline)
        }
    }

    /// Streams and sets: read, kept, and only then removed, one portion after the other.
    private func quarantineMembers(
        _ kind: String,
        _ redis: inout RedisConnection,
        _ quarantine: inout Quarantine
    ) throws {
        while quarantine.count < queue.most, !quarantine.isFull {
            let count = min(Self.portion, queue.most - quarantine.count)
            let read = Self.read(kind, key, count)
            let answer = try redis.command(read, deadline: queue.order.deadline).array ?? []
            guard !answer.isEmpty else { return }
            let removal = try keep(kind, answer, &quarantine)
            try quarantine.sync()
            let removed = try redis.command(bytes: removal, deadline: queue.order.deadline).integer ?? 0
            // Others removed what was read: without this a set of theirs alone would be read for ever.
            if removed == 0 { return }
        }
    }

    private static func read(_ kind: String, _ key: String, _ count: Int) -> [String] {
        switch kind {
        case "stream": ["XRANGE", key, "-", "+", "COUNT", String(count)]
        case "zset": ["ZRANGE", key, "0", String(count - 1), "WITHSCORES"]
        default: ["SRANDMEMBER", key, String(count)]
        }
    }

    /// Writes what was read; the command that removes exactly that.
    private func keep(_ kind: String, _ answer: [RedisValue], _ quarantine: inout Quarantine) throws -> [[UInt8]] {
        switch kind {
        case "stream":
            var removal = ["XDEL", key].map { Array($0.utf8) }
            for entry in answer {
                guard let parts = entry.array, parts.count == 2, let identity = parts[0].bytes else { continue }
                let fields = (parts[1].array ?? []).map { Quarantine.json($0.bytes ?? []) }
                try quarantine.append(["id": Quarantine.json(identity), "fields": .array(fields)])
                removal.append(identity)
            }
            return removal
        case "zset":
            var removal = ["ZREM", key].map { Array($0.utf8) }
            for index in stride(from: 0, to: answer.count - 1, by: 2) {
                let (member, score) = (answer[index].bytes ?? [], answer[index + 1].text ?? "0")
                try quarantine.append(["value": Quarantine.json(member), "score": .string(score)])
                removal.append(member)
            }
            return removal
        default:
            for entry in answer { try quarantine.append(["value": Quarantine.json(entry.bytes ?? [])]) }
            return ["SREM", key].map { Array($0.utf8) } + answer.map { $0.bytes ?? [] }
        }
    }

    func purge() throws -> Flushed {
        var redis = try connect()
        let kind = try kind(&redis)
        let length = try length(&redis, kind)
        let count = min(length, queue.most)
        let command: [String] =
            switch kind {
            case _ where length <= queue.most: ["UNLINK", key]
            case "list": ["LTRIM", key, String(count), "-1"]
            case "stream": ["XTRIM", key, "MAXLEN", String(length - count)]
            case "zset": ["ZREMRANGEBYRANK", key, "0", String(count - 1)]
            default: ["SPOP", key, String(count)]
            }
        _ = try redis.command(command, deadline: queue.order.deadline)
        return Flushed(count: count)
    }

    // MARK: Asking

    private func connect() throws -> RedisConnection {
        try RedisCommand.connect(queue.settings, queue.order, interruption)
    }

    private func kind(_ redis: inout RedisConnection) throws -> String {
        let kind = try redis.command(["TYPE", key], deadline: queue.order.deadline).text ?? "none"
        guard ["none", "list", "stream", "set", "zset"].contains(kind) else {
            throw DeedFailure("\(Wording.shown(key)) is a \(kind), and only lists, streams and sets are queues")
        }
        return kind
    }

    private func length(_ redis: inout RedisConnection, _ kind: String) throws -> Int {
        switch kind {
        case "list": try integer(&redis, ["LLEN", key])
        case "stream": try integer(&redis, ["XLEN", key])
        case "set": try integer(&redis, ["SCARD", key])
        case "zset": try integer(&redis, ["ZCARD", key])
        default: 0
        }
    }

    private func integer(_ redis: inout RedisConnection, _ words: [String]) throws -> Int {
        Int(clamping: try redis.command(words, deadline: queue.order.deadline).integer ?? 0)
    }
}
