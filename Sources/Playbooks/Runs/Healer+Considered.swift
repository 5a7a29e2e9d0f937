public import Metrics

/// A run that has not begun, and may in a moment.
public struct ConsideredRun: Hashable, Sendable {
    public let id: String
    public let playbook: String
}

// What those who tell people want to know before there is a run: whoever is told of an alert at once is told before the guards were asked.
extension Healer {
    /// The alerts for which a run is considered that would keep them back, each with that run.
    public var considering: [Labels: ConsideredRun] {
        var runs: [Labels: ConsideredRun] = [:]
        for run in considered.values where mayHold(run) {
            for labels in run.alerts { runs[labels] = ConsideredRun(id: run.id, playbook: run.playbook) }
        }
        return runs
    }

    private func mayHold(_ run: Run) -> Bool {
        run.plan.mode == .auto && run.plan.page.hold > .zero && live[run.id]?.dryRun == nil
    }

    /// Whether a playbook would look at an alert from outside.
    public func wouldConsider(fromOutside labels: Labels) -> Bool {
        playbooks.contains { playbook in
            playbook.acceptsWebhooks
                && playbook.triggers.contains { $0.firingFor <= .zero && $0.matches(labels) }
        }
    }
}
