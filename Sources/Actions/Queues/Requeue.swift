import Configuration
import EventLoop
import Files
import JSON
import Metrics
import Playbooks
import Postgres
import Redis

/// Puts the entries of a quarantine file back where they came from.
enum Requeue {
    static func perform(_ path: String, _ tools: ActionTools, timeout: Duration) async throws -> String {
        // The record of a run says where; still nothing outside of the quarantine is read.
        guard path.hasPrefix("\(tools.folder)/quarantine/"), Complaints.isAbsolute(path) else {
            throw DeedFailure("'\(Wording.shown(path))' is no quarantine of medic")
        }
        if try FileSystem.status(path).kind == .folder { return try await offload { try spool(path, tools) } }
        let (header, settings) = try await offload { try read(path) }
        let order = order(settings, tools, timeout)
        let count: Int
        switch header["backend"]?.string {
        case "redis": count = try await offload(interruptible: { try redis(path, settings, order, $0) })
        case "postgres": count = try await offload(interruptible: { try postgres(path, settings, order, $0) })
        case "rabbitmq": count = try await rabbit(path, settings, order)
        default: throw DeedFailure("\(path) does not say where its entries came from")
        }
        return "put \(count) entries back from \(path)"
    }

    private static func read(_ path: String) throws -> (header: JSONValue, settings: ActionArguments) {
        var stream = try ByteStream(path)
        guard let line = try stream.nextLine(), let header = try? JSONValue(parsing: line),
            header["medic"]?.string == "quarantine", let settings = header["settings"]?.object
        else { throw DeedFailure("\(path) is no quarantine of medic") }
        let members = settings.members.compactMap { member -> ActionArguments.Member? in
            if let text = member.value.string { return .init(name: member.name, value: .text(text)) }
            return member.value.integer.map { .init(name: member.name, value: .integer($0)) }
        }
        return (header, ActionArguments(members))
    }

    private static func order(_ settings: ActionArguments, _ tools: ActionTools, _ timeout: Duration) -> Order {
        let alert = FiringAlert(labels: Labels(), startsAt: .epoch, origin: .command)
        let request = ActionRequest(
            key: ActionKey(run: "undo", step: 0, attempt: 1),
            playbook: "",
            action: "queue.flush",
            arguments: settings,
            timeout: Milliseconds(timeout.wholeNanoseconds / 1_000_000),
            subject: Labels(),
            alert: alert
        )
        return Order(request, tools)
    }

    private static func entries(_ path: String, _ body: (JSONValue) throws -> Void) throws -> Int {
        var stream = try ByteStream(path)
        _ = try stream.nextLine()
        var count = 0
        while let line = try stream.nextLine() {
            guard let entry = try? JSONValue(parsing: line) else { continue }
            try body(entry)
            count += 1
        }
        return count
    }

    private static func redis(
        _ path: String,
        _ settings: ActionArguments,
        _ order: Order,
        _ interruption: Interruption
    ) throws -> Int {
        try permit(Permission.address(settings.text("address"), standardPort: 6379), order)
        var redis = try RedisCommand.connect(settings, order, interruption)
        let key = Array((settings.text("key") ?? "").utf8)
        return try entries(path) { entry in
            var words: [[UInt8]]
            let value = entry["value"].flatMap { Quarantine.bytes($0) } ?? []
            switch settings.text("type") {
            case "stream":
                words = [Array("XADD".utf8), key, Array("*".utf8)]
                words += (entry["fields"]?.array ?? []).compactMap { Quarantine.bytes($0) }
            case "set": words = [Array("SADD".utf8), key, value]
            case "zset": words = [Array("ZADD".utf8), key, Array((entry["score"]?.string ?? "0").utf8), value]
            default: words = [Array("RPUSH".utf8), key, value]
            }
            _ = try redis.command(bytes: words, deadline: order.deadline)
        }
    }

    private static func postgres(
        _ path: String,
        _ settings: ActionArguments,
        _ order: Order,
        _ interruption: Interruption
    ) throws -> Int {
        let parts = (settings.text("table") ?? "").split(separator: ".", omittingEmptySubsequences: false).map(
            String.init
        )
        let table = try PostgresQueue.identifier(parts)
        let connection = try PostgresExecute.connect(settings, order, interruption)
        _ = try connection.execute("BEGIN", deadline: order.deadline)
        let statement = "INSERT INTO \(table) SELECT * FROM json_populate_record(NULL::\(table), $1::json)"
        let count = try entries(path) { entry in
            _ = try connection.execute(statement, [entry["row"]?.string], deadline: order.deadline)
        }
        _ = try connection.execute("COMMIT", deadline: order.deadline)
        return count
    }

    private static func rabbit(_ path: String, _ settings: ActionArguments, _ order: Order) async throws -> Int {
        guard let url = settings.text("url"), let queue = settings.text("queue") else {
            throw DeedFailure("'url' is missing")
        }
        try permit(Permission.address(ofURL: url), order)
        let messages = try await offload {
            var messages: [JSONValue] = []
            _ = try entries(path) { messages.append($0) }
            return messages
        }
        // The nameless exchange delivers to the queue of the routing key's name.
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let vhost = RabbitQueue.segment(settings.text("vhost") ?? "/")
        for message in messages {
            let body: JSONValue = [
                "properties": message["properties"] ?? .object(JSONObject()), "routing_key": .string(queue),
                "payload": message["payload"] ?? "", "payload_encoding": message["payload_encoding"] ?? "string",
            ]
            let answer = try await RabbitQueue.call(
                "POST",
                "\(base)/api/exchanges/\(vhost)/amq.default/publish",
                body,
                settings,
                order
            )
            guard answer["routed"]?.boolean == true else {
                throw DeedFailure("RabbitMQ took a message and has no queue for it")
            }
        }
        return messages.count
    }

    /// Files go back under the names they had; one that has come meanwhile is not overwritten.
    private static func spool(_ path: String, _ tools: ActionTools) throws -> String {
        let text = try FileSystem.readText("\(path)/.medic.json", limit: 64 * 1024)
        guard let folder = (try? JSONValue(parsing: text))?["folder"]?.string else {
            throw DeedFailure("\(path) does not say where its files came from")
        }
        let quarantine = try OpenFolder(path)
        let place = try PermittedFolder(folder, .delete, tools)
        var count = 0
        for name in try quarantine.names() where name != ".medic.json" {
            guard try place.folder.statusIfPresent(name) == nil else { continue }
            try quarantine.copy(name, to: "\(place.folder.path)/\(name)")
            count += 1
        }
        return "put \(count) files back into \(folder)"
    }

    private static func permit(_ permissions: [Permission], _ order: Order) throws {
        if let refusal = order.tools.permits.refusals(of: permissions).first { throw DeedFailure(refusal) }
    }
}
