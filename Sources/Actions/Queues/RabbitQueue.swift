import EventLoop
import HTTPClient
import HTTPSettings
import JSON
import Playbooks
import Secrets
import Synchronization

/// A queue of RabbitMQ, by the API of its management plugin.
///
/// The API cannot hold a message back while it is written down, so a portion is read twice: kept first, taken then. What another
/// consumer changes in between is in the second answer, and is kept too before the next portion.
struct RabbitQueue {
    private static let portion = 200

    private let queue: Queue
    private let path: String

    init(_ queue: Queue) throws {
        guard let url = queue.settings.text("url"), let name = queue.settings.text("queue") else {
            throw DeedFailure("'url' and 'queue' are missing")
        }
        self.queue = queue
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        path = "\(base)/api/queues/\(Self.segment(queue.settings.text("vhost") ?? "/"))/\(Self.segment(name))"
    }

    /// One part of a path, whatever it holds.
    static func segment(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = text.utf8.flatMap { byte -> [UInt8] in
            let isPlain =
                (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Counted by the broker itself: the API's own number is some seconds old.
    func length() async throws -> Int? {
        let answer = try await call("GET", path)
        guard let messages = answer["messages"]?.integer else { return 0 }
        return Int(clamping: messages)
    }

    func quarantine() async throws -> Flushed {
        let keeper = QuarantineKeeper(queue, settings())
        while keeper.count < queue.most, !keeper.isFull {
            let count = min(Self.portion, queue.most - keeper.count)
            let seen = try await get(count, keeps: true)
            guard !seen.isEmpty else { break }
            try await keeper.append(seen)
            let taken = try await get(seen.count, keeps: false)
            let fresh = Self.difference(taken, seen)
            if !fresh.isEmpty { try await keeper.append(fresh) }
            if taken.isEmpty { break }
        }
        return keeper.flushed
    }

    func purge() async throws -> Flushed {
        let before = try await length() ?? 0
        _ = try await call("DELETE", "\(path)/contents")
        return Flushed(count: before)
    }

    /// What is in the second and not in the first, counting equal ones.
    private static func difference(_ taken: [JSONValue], _ seen: [JSONValue]) -> [JSONValue] {
        var counts: [JSONValue: Int] = [:]
        for message in seen { counts[message, default: 0] += 1 }
        return taken.filter { message in
            guard let count = counts[message], count > 0 else { return true }
            counts[message] = count - 1
            return false
        }
    }

    private func get(_ count: Int, keeps: Bool) async throws -> [JSONValue] {
        let body: JSONValue = [
            "count": .integer(Int64(count)), "ackmode": keeps ? "ack_requeue_true" : "ack_requeue_false",
            "encoding": "auto",
        ]
        let answer = try await call("POST", "\(path)/get", body)
        return (answer.array ?? []).map { message in
            var kept = JSONObject()
            for name in ["payload", "payload_encoding", "properties", "exchange", "routing_key"] {
                kept[name] = message[name]
            }
            return .object(kept)
        }
    }

    private func call(_ method: String, _ url: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        try await Self.call(method, url, body, queue.settings, queue.order)
    }

    static func call(
        _ method: String,
        _ url: String,
        _ body: JSONValue?,
        _ settings: ActionArguments,
        _ order: Order
    ) async throws -> JSONValue {
        var client = HTTPClientSettings.toOneServer
        var password = "guest"
        if let path = settings.text("password_file") {
            password = try await offload { try PasswordFile.read(path, order.tools) }
        }
        let user = settings.text("user") ?? "guest"
        client.credentials = .basic(username: Secret(user), password: Secret(password))
        let request = HTTPRequest(
            method,
            url,
            headers: [HTTPHeader("Content-Type", "application/json")],
            body: body.map { Array($0.description.utf8) } ?? [],
            timeout: order.remaining,
            bodyLimit: 256 << 20
        )
        let response = try await order.http().send(request, settings: client)
        guard (200..<300).contains(response.status) else {
            let reason = String(decoding: response.body.prefix(300), as: UTF8.self)
            throw DeedFailure("RabbitMQ answered \(response.status): \(Wording.shown(reason))")
        }
        guard !response.body.isEmpty else { return .null }
        do throws(JSONError) {
            return try JSONValue(parsing: response.body, repeatedNames: .lastCounts)
        } catch {
            throw DeedFailure("RabbitMQ's answer is not JSON: \(error)")
        }
    }

    private func settings() -> JSONObject {
        var settings = JSONObject()
        for name in ["url", "vhost", "queue", "user", "password_file"] {
            settings[name] = queue.settings.text(name).map { .string($0) }
        }
        return settings
    }
}

/// A quarantine file that asynchronous work fills, one portion at a time, off the threads that must not block.
private final class QuarantineKeeper: Sendable {
    private let queue: Queue
    private let settings: JSONObject
    private let file = Mutex<Quarantine?>(nil)

    init(_ queue: Queue, _ settings: JSONObject) {
        self.queue = queue
        self.settings = settings
    }

    var count: Int { file.withLock { $0?.count ?? 0 } }
    var isFull: Bool { file.withLock { $0?.isFull ?? false } }
    var flushed: Flushed { file.withLock { Flushed(count: $0?.count ?? 0, quarantine: $0?.path) } }

    /// Returns when they outlive a crash of the machine.
    func append(_ entries: [JSONValue]) async throws {
        try await offload { [self] in
            try file.withLock { file in
                var quarantine =
                    try file.take() ?? Quarantine(queue.order, backend: "rabbitmq", settings: settings)
                for entry in entries { try quarantine.append(entry) }
                try quarantine.sync()
                file = consume quarantine
            }
        }
    }
}
