import Actions
import History
import Logging
import Metrics
import Playbooks
import Synchronization

/// Rolls a tracked file back because an operator says so: the same deed as that of a playbook's step, under the same permits.
struct ConfigRollbacks: Sendable {
    let ground: Ground
    let doer: DeedDoer
    let configs: ConfigKeeper

    private static let patience = Milliseconds.minutes(1)

    /// The intent is on the disk before anything is touched, as with a step.
    func roll(_ file: String, to version: String?, by operator: String) async -> ActionOutcome {
        let id = "operator-\(ground.now.rawValue)"
        do {
            try await record(
                "config.rollback",
                "\(`operator`) rolls \(file) back to \(version ?? "the last known good")",
                id
            )
        } catch {
            return ActionOutcome(.failed("the intent cannot be recorded, so nothing is done: \(error)"))
        }
        var arguments: [ActionArguments.Member] = [.init(name: "file", value: .text(file))]
        arguments.append(.init(name: "to", value: .text(version ?? "known_good")))
        let request = ActionRequest(
            key: ActionKey(run: id, step: 0, attempt: 1),
            playbook: "",
            action: "config.rollback",
            arguments: ActionArguments(arguments),
            timeout: Self.patience,
            subject: .empty,
            alert: FiringAlert(labels: .empty, startsAt: ground.now, origin: .command)
        )
        let outcome = await withCheckedContinuation { continuation in
            doer.perform(request) { continuation.resume(returning: $0) }
        }
        configs.look()
        try? await record("config.rollback", "\(file): \(outcome.message)", id)
        return outcome
    }

    private func record(_ name: String, _ text: String, _ id: String) async throws(HistoryError) {
        let record = HistoryRecord(at: ground.now, kind: .act, name: name, text: text)
        let result = await withCheckedContinuation { continuation in
            ground.history.writer.submit([.record(record)], durability: .synced) { continuation.resume(returning: $0) }
        }
        try result.get()
    }
}
