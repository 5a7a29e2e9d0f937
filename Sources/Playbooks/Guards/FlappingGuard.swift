import Metrics

/// An alert that changes its mind too often starts no runs until it settles.
enum FlappingGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.flapping) { return verdict }
        guard context.run.alert.isFlapping else { return .allowed(.flapping, "the alert is steady") }
        return .refused(.flapping, "the alert changes its mind too often", retryAfter: .minutes(1))
    }
}
