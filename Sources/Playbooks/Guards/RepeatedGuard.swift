import JSON
import Metrics

/// An alert that came by a webhook starts one run, ever, however often it is delivered.
enum RepeatedGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        let alert = context.run.alert
        // The run itself has left its mark once it waits for approval.
        guard alert.isFromWebhook, context.memory.runs[context.run.id] == nil else {
            return .allowed(.repeated, "the alert has had no run")
        }
        guard let last = context.memory.webhooks[alert.labels], alert.startsAt <= last else {
            return .allowed(.repeated, "the webhook's alert has had no run")
        }
        return .refused(
            .repeated,
            "the webhook's alert of this very beginning has had its run",
            facts: [("starts_at_ms", .integer(alert.startsAt.rawValue)), ("newest_ms", .integer(last.rawValue))]
        )
    }
}
