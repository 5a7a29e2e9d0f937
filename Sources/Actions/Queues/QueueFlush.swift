import Metrics
import Playbooks

/// `queue.flush`: works off, sets aside or deletes what has piled up.
struct QueueFlush: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "queue.flush",
            summary: "Drains, quarantines or purges a queue in Redis, RabbitMQ, PostgreSQL, a folder, or behind HTTP",
            arguments: QueueArguments.all,
            isRepeatable: { _ in false },
            undo: "requeue from quarantine",
            permissions: QueueArguments.permissions,
            locks: { ["queue/\(QueueArguments.words($0))"] },
            lasts: { $0.text("mode") == "drain" ? $0.duration("within") ?? .zero : .zero },
            complaints: QueueArguments.complaints,
            sentence: { arguments in
                let queue = QueueArguments.words(arguments)
                let most = arguments.integer("most").map { "at most \($0) entries of " } ?? ""
                return switch arguments.text("mode") {
                case "drain": "have \(queue) worked off and wait at most \(arguments.span("within")) for it"
                case "purge": "delete \(most)\(queue) for good"
                default: "move \(most)\(queue) into quarantine"
                }
            }
        )
    }
}
