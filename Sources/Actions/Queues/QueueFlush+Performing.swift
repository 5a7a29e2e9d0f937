import EventLoop
import JSON
import Metrics
import Playbooks
import Systemd

/// What a flush did.
struct Flushed: Sendable {
    var count = 0
    /// The quarantine file or folder.
    var quarantine: String?
}

extension QueueFlush {
    /// How often the length is asked for while a queue is worked off.
    private static let interval = Duration.seconds(1)

    func perform(_ order: Order) async throws -> ActionOutcome {
        guard let (name, settings) = QueueArguments.backend(order.arguments) else {
            throw DeedFailure("exactly one of \(QueueArguments.backends.joined(separator: ", ")) must be given")
        }
        let queue = Queue(name: name, settings: settings, order: order)
        let before = try await queue.length()
        switch order.arguments.text("mode") {
        case "drain": return try await Self.drain(queue, before, order)
        case "purge":
            guard order.arguments.flag("lose_data") == true else {
                throw DeedFailure("purge deletes for good: 'lose_data: true' must say so")
            }
            let flushed = try await queue.purge()
            return try await Self.outcome("deleted \(Self.entries(flushed.count))", queue, before, flushed)
        default:
            let flushed = try await queue.quarantine()
            let place = flushed.quarantine.map { " into \($0)" } ?? ""
            return try await Self.outcome("moved \(Self.entries(flushed.count))\(place)", queue, before, flushed)
        }
    }

    private static func entries(_ count: Int) -> String { count == 1 ? "1 entry" : "\(count) entries" }

    private static func outcome(
        _ message: String,
        _ queue: Queue,
        _ before: Int?,
        _ flushed: Flushed
    ) async throws -> ActionOutcome {
        let after = try? await queue.length()
        let left = after.flatMap { $0 }.map { "; \($0) are left" } ?? ""
        return ActionOutcome(
            .succeeded,
            message: "\(message)\(left)",
            before: ["length": json(before)],
            after: ["length": json(after.flatMap { $0 }), "moved": .integer(Int64(flushed.count))],
            undo: flushed.quarantine.map { Undo.requeue(quarantine: $0).json },
            evidence: flushed.quarantine.map { [$0] } ?? []
        )
    }

    private static func json(_ length: Int?) -> JSONValue { length.map { .integer(Int64($0)) } ?? .null }

    private static func drain(_ queue: Queue, _ before: Int?, _ order: Order) async throws -> ActionOutcome {
        try await ask(order)
        try await queue.askOwner()
        let within = Duration.milliseconds((order.arguments.duration("within") ?? .minutes(1)).rawValue)
        let wanted = Int(clamping: order.arguments.integer("remaining") ?? 0)
        let begin = MonotonicInstant.now
        while true {
            guard let length = try await queue.length() else {
                return ActionOutcome(
                    .succeeded,
                    message: "the owner of \(queue.words) was asked; its length is not known"
                )
            }
            if length <= wanted {
                return ActionOutcome(
                    .succeeded,
                    message: "\(queue.words) was worked off to \(entries(length))",
                    before: ["length": json(before)],
                    after: ["length": json(length)]
                )
            }
            guard MonotonicInstant.now - begin < within else {
                throw DeedFailure("\(queue.words) still has \(entries(length))", before: ["length": json(before)])
            }
            try await pause(for: interval)
        }
    }

    /// Asks whoever works the queue off, where the playbook says how.
    private static func ask(_ order: Order) async throws {
        guard let ask = order.arguments.record("ask") else { return }
        for (verb, name) in [(UnitJob.Verb.start, "start"), (.reload, "reload")] {
            guard let unit = ask.text(name) else { continue }
            let outcome = try await order.manager().run(verb.job, unit, timeout: order.remaining)
            guard outcome.result == .done else {
                throw DeedFailure("\(verb.words) \(unit): the job ended '\(outcome.result.word)'")
            }
        }
        if let request = ask.record("request") { try await HTTPQueue.send(request, order) }
    }
}

/// A queue, wherever it is.
struct Queue: Sendable {
    let name: String
    let settings: ActionArguments
    let order: Order

    var words: String { QueueArguments.words(order.arguments) }

    /// How many entries there are; nil where nobody can tell.
    func length() async throws -> Int? {
        switch name {
        case "redis": try await offload(interruptible: { try RedisQueue(self, $0).length() })
        case "postgres": try await offload(interruptible: { try PostgresQueue(self).length($0) })
        case "spool": try await offload { try SpoolQueue(self).files().count }
        case "rabbitmq": try await RabbitQueue(self).length()
        default: try await HTTPQueue(self).length()
        }
    }

    func quarantine() async throws -> Flushed {
        switch name {
        case "redis": return try await offload(interruptible: { try RedisQueue(self, $0).quarantine($0) })
        case "postgres": return try await offload(interruptible: { try PostgresQueue(self).quarantine($0) })
        case "spool": return try await offload(interruptible: { try SpoolQueue(self).quarantine($0) })
        case "rabbitmq": return try await RabbitQueue(self).quarantine()
        default: throw DeedFailure("behind HTTP a queue can only be drained")
        }
    }

    func purge() async throws -> Flushed {
        switch name {
        case "redis": return try await offload(interruptible: { try RedisQueue(self, $0).purge() })
        case "postgres": return try await offload(interruptible: { try PostgresQueue(self).purge($0) })
        case "spool": return try await offload(interruptible: { try SpoolQueue(self).purge($0) })
        case "rabbitmq": return try await RabbitQueue(self).purge()
        default: throw DeedFailure("behind HTTP a queue can only be drained")
        }
    }

    /// Only an endpoint is asked by itself; for the others the playbook says whom to ask.
    func askOwner() async throws {
        if name == "http" { try await HTTPQueue.send(settings, order) }
    }

    /// So many entries at the most.
    var most: Int { Int(clamping: order.arguments.integer("most") ?? 100_000) }
}
