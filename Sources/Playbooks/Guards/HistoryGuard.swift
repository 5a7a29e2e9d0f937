import Metrics

/// No deed without a durable intent: while the history cannot be written, nothing begins.
enum HistoryGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        guard context.isHistoryFailing else { return .allowed(.history, "the history can be written") }
        return .refused(.history, "the history cannot be written", retryAfter: .seconds(30))
    }
}
