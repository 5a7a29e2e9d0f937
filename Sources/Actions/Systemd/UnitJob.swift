import Metrics
import Playbooks

/// `systemd.start`, `stop`, `restart` and their kin: one job of systemd, awaited, and then watched for a while.
struct UnitJob: Deed {
    enum Verb: String, Sendable, CaseIterable {
        case start
        case stop
        case restart
        case reload
        case reloadOrRestart = "reload_or_restart"
        case tryRestart = "try_restart"

        var words: String {
            switch self {
            case .start: "start"
            case .stop: "stop"
            case .restart: "restart"
            case .reload: "reload"
            case .reloadOrRestart: "reload or restart"
            case .tryRestart: "restart if it runs"
            }
        }

        var undo: String? {
            switch self {
            case .start: "stop, where it did not run before"
            case .stop: "start, where it ran before"
            default: nil
            }
        }
    }

    let verb: Verb

    var declaration: ActionDeclaration {
        let verb = verb
        let stays = verb == .stop ? "inactive" : "active"
        return ActionDeclaration(
            name: "systemd.\(verb.rawValue)",
            summary: "Asks systemd to \(verb.words) a unit, waits for the job and sees that the unit stays \(stays)",
            arguments: [
                .unit,
                ArgumentDeclaration(
                    "settle",
                    .duration,
                    standard: .duration(.seconds(verb == .stop ? 0 : 3)),
                    help: "how long the unit must stay \(stays) after the job"
                ),
                ArgumentDeclaration(
                    "reset_failed",
                    .flag,
                    standard: .flag(false),
                    help: "clear a failed state and its start limit first, so that systemd does not refuse"
                ),
            ],
            isRepeatable: { _ in true },
            undo: verb.undo,
            permissions: { [.action("systemd.\(verb.rawValue)")] + Permission.unit($0.text("unit")) },
            locks: { $0.text("unit").map { ["unit/\($0)"] } ?? [] },
            treatedUnits: { $0.text("unit").map { [$0] } ?? [] },
            lasts: { $0.duration("settle") ?? .zero },
            sentence: { arguments in
                let settle = arguments.duration("settle").flatMap { $0 > .zero ? $0 : nil }
                let after = settle.map { " and see it stay \(stays) for \($0.promQLText)" } ?? ""
                let before = arguments.flag("reset_failed") == true ? "clear the failed state of " : ""
                let unit = arguments.words("unit")
                return before.isEmpty
                    ? "\(verb.words) \(unit)\(after)" : "\(before)\(unit), \(verb.words) it\(after)"
            }
        )
    }
}
