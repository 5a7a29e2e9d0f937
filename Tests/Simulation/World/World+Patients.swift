import Metrics
import Playbooks

// Who is ill, and what operators do.
extension World {
    mutating func fallIll(_ patient: Int) {
        guard !isDraining else { return }
        if illSince[patient] == nil {
            illSince[patient] = now.wall
            announce(patient, after: chance.within(0...500))
            if chance.happens(faults.healsByItself) {
                plan(.getWell(patient), after: chance.within(100...300_000), everyLife: true)
            }
        }
        plan(.fallIll(patient), after: chance.within(60_000...2_400_000), everyLife: true)
    }

    /// The alert is told, maybe more than once.
    mutating func announce(_ patient: Int, after delay: Int64) {
        guard let since = illSince[patient] else { return }
        let ward = wards.patients[patient]
        let alert = FiringAlert(
            labels: ward.labels,
            value: 1,
            startsAt: since,
            origin: ward.isFromWebhook && canary != .takesWebhooksForRules
                ? .webhook : .rule(expression: "ill", interval: .seconds(15)),
            isFlapping: chance.happens(20)
        )
        plan(.tell(.firing(alert)), after: delay)
        if chance.happens(300) { plan(.tell(.firing(alert)), after: delay + chance.within(0...60_000)) }
    }

    mutating func getWell(_ patient: Int) {
        guard illSince.removeValue(forKey: patient) != nil else { return }
        // Repetitions that are still on their way may arrive behind the end.
        plan(.tell(.resolved(wards.patients[patient].labels)), after: chance.within(0...20_000))
        if isDraining || chance.happens(900) {
            plan(.tell(.resolved(wards.patients[patient].labels)), after: 61_000)
            if isDraining { plan(.tell(.caughtUp), after: 100_000) }
        }
    }

    mutating func command(_ command: HealingCommand) {
        commandNumber += 1
        checker.commanded(CommandID(number: commandNumber), command)
        if canary == .deafToTheKillSwitch, command.kind.isAboutStopping { return }
        tell(.command(CommandID(number: commandNumber), command))
    }

    mutating func operate() {
        guard !isDraining else { return }
        let runs = healer.openRuns.map(\.run)
        let playbook = chance.pick(wards.plans).name
        let labels = chance.pick(wards.patients).labels
        let waiting = runs.filter { if case .waiting = $0.progress.phase { true } else { false } }
        let kind: HealingCommand.Kind
        switch chance.below(10) {
        case 0: kind = .start(playbook: playbook, labels: labels)
        case 1: kind = .dryRun(playbook: playbook, labels: labels)
        case 2: kind = .cancel(run: runs.isEmpty ? "none" : chance.pick(runs).id)
        case 3, 4, 5:
            let run = waiting.isEmpty ? runs.first : chance.pick(waiting)
            kind = .approve(run: run?.id ?? "none", digest: chance.happens(500) ? run?.plan.digest : nil, way: "page")
        case 6: kind = .refuse(run: waiting.first?.id ?? "none", way: "page")
        case 7: kind = .stopHealing(for: chance.happens(500) ? .minutes(10) : nil)
        case 8: kind = .resumeHealing
        default: kind = .reset(playbook: playbook, subject: nil)
        }
        command(HealingCommand(kind, by: "operator", reason: "because"))
    }

    mutating func checkTheEnd() {
        guard checker.violation == nil else { return }
        if handled >= 20_000 { return checker.fail("twenty thousand events, and no end") }
        if let open = healer.openRuns.first {
            return checker.fail("run \(open.run.id) has not ended: \(open.state), waiting for \(open.waitingFor)")
        }
        if let hold = checker.holds.first { return checker.fail("\(hold.key) is held for ever") }
        guard boot == 1, canary == nil else { return }
        // So that both have forgotten the same.
        tell(.wake)
        let again = Healer(
            restoring: durable + buffered,
            playbooks: playbooks,
            settings: wards.settings,
            seed: seed,
            at: now
        )
        if again.checkpoint != healer.checkpoint {
            let lost = Set(healer.checkpoint).subtracting(again.checkpoint)
            let found = Set(again.checkpoint).subtracting(healer.checkpoint)
            checker.fail(
                "the records do not lead to what the machine knows: \(lost.first as Any) or \(found.first as Any)"
            )
        }
    }
}
