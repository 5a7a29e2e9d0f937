import JSON
import Metrics

/// Nothing is treated while an operator has stopped healing.
enum KillSwitchGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        guard let stop = context.memory.killSwitch, !stop.isOver(at: context.now) else {
            return .allowed(.killSwitch, "healing is not stopped")
        }
        let left = stop.duration.map { $0 - stop.at.age(at: context.now) }
        let until = left.map { "for another \($0.text)" } ?? "until somebody resumes it"
        return .refused(
            .killSwitch,
            "\(stop.by) stopped healing \(until): \(stop.reason.isEmpty ? "no reason given" : stop.reason)",
            facts: [
                ("by", .string(stop.by)), ("reason", .string(stop.reason)), ("at_ms", .integer(stop.at.wall.rawValue)),
                ("left_ms", left.map(\.fact) ?? .null),
            ],
            retryAfter: left
        )
    }
}

extension KillSwitch {
    func isOver(at now: Moment) -> Bool {
        duration.map { at.age(at: now) >= $0 } ?? false
    }
}
