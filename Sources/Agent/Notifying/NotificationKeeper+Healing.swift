import Alerting
import EventLoop
import JSON
import Metrics
import Playbooks

// What the runs of playbooks have to say.
extension NotificationKeeper: HealingEars {
    func hold(_ alert: Labels, until: Timestamp) {
        guard let fingerprint = known(alert) else { return }
        let run = healing?.openRuns.last { $0.run.alerts.contains(alert) }?.run
        undecided[fingerprint] = nil
        holders[fingerprint] = run?.id ?? ""
        say(.hold(fingerprint, run: run?.id ?? "", playbook: run?.playbook ?? "a playbook", until: until))
    }

    func release(_ alert: Labels) {
        guard let fingerprint = known(alert), let run = holders.removeValue(forKey: fingerprint) else { return }
        undecided[fingerprint] = nil
        say(.release(fingerprint, run: run))
    }

    func heard(_ notice: Playbooks.HealingNotice) {
        let word = HealingWord(notice)
        let about = notice.alerts.isEmpty ? [notice.labelsOfItsOwn] : notice.alerts.compactMap { labelsKnown($0) }
        for labels in about {
            say(.notice(Alerting.HealingNotice(labels: labels, word: word, receiver: notice.receiver)))
        }
    }

    /// The labels by which the dispatcher knows an alert: those from outside come as they are, medic's own as others see them.
    func labelsKnown(_ labels: Labels) -> Labels? {
        dispatcher.store[Fingerprint(labels)] != nil ? labels : outward.labels(labels)
    }

    private func known(_ labels: Labels) -> Fingerprint? { labelsKnown(labels).map { Fingerprint($0) } }

    /// Collects what one turn of the runs says, so that it becomes one message.
    private func say(_ signal: HealingSignal) {
        signals.append(signal)
        if signals.count == 1 { loop.submit { [weak self] in self?.passOn() } }
    }

    private func passOn() {
        let batch = signals
        signals = []
        guard isAtWork, !batch.isEmpty else { return }
        let now = clock()
        var over: [AlertUpdate] = []
        for case .notice(let notice) in batch where notice.word.occasion == .healed {
            let fingerprint = Fingerprint(notice.labels)
            guard let alert = dispatcher.store[fingerprint], alert.origin == .own, !alert.isResolved(at: now) else {
                continue
            }
            // That it healed was measured: its rule will say the same when it is next evaluated.
            healed.insert(fingerprint)
            over.append(alert.ended(at: now))
        }
        tell(over)
        carryOut(handle(.healing(batch)))
    }
}

extension HealingWord {
    // Pages have no room for more, and the run's own page shows everything.
    private static let detailBytesMax = 2_000

    init(_ notice: Playbooks.HealingNotice) {
        var details: [Label] = []
        if !notice.evidence.isEmpty { details.append(Label("evidence", notice.evidence.joined(separator: "\n"))) }
        let refused = notice.facts["refused"]?.array?.compactMap(\.string) ?? []
        if !refused.isEmpty { details.append(Label("refused_by", refused.joined(separator: "; "))) }
        let steps = notice.facts["steps"]?.array ?? []
        let lines = steps.compactMap { step in
            step["action"]?.string.map { "\($0): \(step["result"]?.string ?? "")" }
        }
        if !lines.isEmpty { details.append(Label("steps", lines.joined(separator: "\n"))) }
        self.init(
            run: notice.run ?? "",
            playbook: notice.playbook ?? "",
            // Every occasion of the machine has its word of the same name.
            occasion: Occasion(rawValue: notice.occasion.rawValue) ?? .inconclusive,
            sentence: notice.summary,
            details: details.map { Label($0.name, String($0.value.prefix(Self.detailBytesMax))) }
        )
    }
}

extension Playbooks.HealingNotice {
    /// What stands for an alert where the news is about healing as such.
    fileprivate var labelsOfItsOwn: Labels {
        var builder = LabelsBuilder(subject)
        builder.set("alertname", "MedicHealing")
        builder.set("occasion", occasion.rawValue)
        if let playbook { builder.set("playbook", playbook) }
        return builder.build()
    }
}
