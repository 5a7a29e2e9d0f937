import Alerting
import Metrics
import Rules

// What medic's own rules have to say.
extension NotificationKeeper: EvaluationListener {
    /// How often alerts that fire are told again, so that their annotations keep up with their values; Prometheus's delay.
    private static let resendDelay = Milliseconds.minutes(1)

    func heard(_ evaluation: GroupEvaluation, of group: LiveGroup) {
        guard isAtWork else { return }
        var updates: [AlertUpdate] = []
        var began: [(labels: Labels, update: AlertUpdate)] = []
        var changed: [ForwardedAlert] = []
        for result in evaluation.rules {
            for transition in result.transitions {
                if let update = update(transition, ofRule: result.rule, of: group) {
                    updates.append(update)
                    if transition.alert.phase == .firing { began.append((transition.alert.labels, update)) }
                }
                guard !forwarder.isIdle, transition.change == .fired || transition.change == .resolved else { continue }
                changed += forwarded([transition.alert], ofRule: result.rule, of: group, at: evaluation.at)
            }
        }
        if group.hasAlerts, evaluation.at - (toldGroups[group.key] ?? .epoch) >= Self.resendDelay {
            toldGroups[group.key] = evaluation.at
            let known = Set(updates.map(\.labels))
            updates += firing(of: group).filter { !known.contains($0.labels) }
            if !forwarder.isIdle { changed = everything(of: group, at: evaluation.at) }
        }
        passOnHolds()
        awaitVerdicts(on: began)
        tell(updates)
        forwarder.forward(changed)
    }

    // MARK: Forwarding

    /// All that fires, and what ended not long ago: an Alertmanager that was away hears of the end all the same.
    private func everything(of group: LiveGroup, at now: Timestamp) -> [ForwardedAlert] {
        group.group.rules.indices.flatMap { place in
            forwarded(group.evaluator.alerts(ofRule: place), ofRule: place, of: group, at: now)
        }
    }

    private func forwarded(
        _ alerts: [Alert],
        ofRule place: Int,
        of group: LiveGroup,
        at now: Timestamp
    ) -> [ForwardedAlert] {
        let rule = group.group.rules[place]
        return alerts.compactMap { alert in
            let endsAt = alert.endsAt(
                evaluatedAt: now,
                interval: group.evaluator.interval,
                resendDelay: Self.resendDelay
            )
            guard let endsAt, let update = outward.update(alert, of: rule) else { return nil }
            return ForwardedAlert(update: update, endsAt: endsAt)
        }
    }

    // MARK: Telling

    private func update(_ transition: AlertTransition, ofRule place: Int, of group: LiveGroup) -> AlertUpdate? {
        let alert = transition.alert
        switch transition.change {
        case .fired, .resumed, .resolved:
            if !healed.isEmpty, let fingerprint = outward.fingerprint(alert.labels) { healed.remove(fingerprint) }
            // One that keeps changing its mind is told once; its end is told when it has settled.
            if transition.change == .resolved && alert.flapping.isFlapping { return nil }
        case .stoppedFlapping: break
        case .becamePending, .subsided, .kept, .beganFlapping: return nil
        }
        return outwardUpdate(alert, ofRule: place, of: group)
    }

    private func outwardUpdate(_ alert: Alert, ofRule place: Int, of group: LiveGroup) -> AlertUpdate? {
        guard group.group.rules.indices.contains(place),
            let update = outward.update(alert, of: group.group.rules[place])
        else { return nil }
        let (outer, inner) = (Fingerprint(update.labels), Fingerprint(alert.labels))
        if outer != inner { inward[outer] = inner }
        return update
    }

    /// The alerts of a group that fire, but those that healed and whose rule has not noticed.
    private func firing(of group: LiveGroup) -> [AlertUpdate] {
        group.group.rules.indices.flatMap { place in
            group.evaluator.alerts(ofRule: place).compactMap { alert in
                guard alert.phase == .firing, let update = outwardUpdate(alert, ofRule: place, of: group) else {
                    return nil
                }
                return healed.contains(Fingerprint(update.labels)) ? nil : update
            }
        }
    }

    /// Alerts of which nobody knows yet whether they are over.
    private func flapping(in groups: [LiveGroup]) -> [Fingerprint] {
        groups.flatMap { group in
            group.group.rules.indices.flatMap { group.evaluator.alerts(ofRule: $0) }
                .filter(\.flapping.isFlapping).compactMap { outward.fingerprint($0.labels) }
        }
    }

    func tell(_ updates: [AlertUpdate]) {
        if updates.isEmpty { return }
        carryOut(handle(.alerts(updates)))
        if inward.count > 2 * dispatcher.store.count + 1_000 {
            inward = inward.filter { dispatcher.store[$0.key] != nil }
        }
    }

    /// Sets right what the dispatcher knows of medic's own alerts: after a start it knows none of them, and after a reload some may have lost
    /// their rule, which therefore will never say that they are over.
    func reconcile(_ groups: [LiveGroup]) {
        let now = clock()
        let updates = groups.flatMap { firing(of: $0) }
        toldGroups = Dictionary(groups.map { ($0.key, now) }, uniquingKeysWith: { first, _ in first })
        let known = Set(updates.map { Fingerprint($0.labels) }).union(healed).union(flapping(in: groups))
        let orphans = dispatcher.alerts(at: now).map(\.alert)
            .filter { $0.origin == .own && !known.contains($0.fingerprint) }
        tell(updates + orphans.map { $0.ended(at: now) })
    }
}

extension ReceivedAlert {
    /// The word that an alert of medic's own is over.
    func ended(at now: Timestamp) -> AlertUpdate {
        AlertUpdate(
            labels: labels,
            annotations: annotations,
            startsAt: startsAt,
            endsAt: now,
            generatorURL: generatorURL
        )
    }
}
