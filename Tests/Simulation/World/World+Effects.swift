import Metrics
import Playbooks

// How effects are carried out, and what comes back.
extension World {
    mutating func carryOut(_ effect: HealingEffect) {
        switch effect {
        case .record(let id, let record, let durability): write(id, record, durability)
        case .perform(let request): perform(request)
        case .cancel(let key): plan(.tell(.finished(key, ActionOutcome(.cancelled))), after: chance.within(1...2_000))
        case .ask(let id, let question): answer(id, question)
        case .releaseLease: break
        case .notify(let notice): checker.noticed(notice)
        case .hold(let alert, let until): checker.held(alert, until)
        case .release(let alert): if canary != .neverReleases { checker.released(alert) }
        case .armRollback(let request, _):
            guard !chance.happens(faults.lostAnswer) else { return }
            let failure = chance.happens(faults.deedFails / 4) ? "no bus" : nil
            if failure == nil { checker.armed(request.key) }
            plan(.tell(.rollbackArmed(request.key, failure: failure)), after: chance.within(1...500))
        case .disarmRollback(let run, let step): checker.disarmed(run, step)
        case .reply(let id, let reply): checker.replied(id, reply)
        case .log: break
        }
    }

    private mutating func write(_ id: RecordID, _ record: HealingRecord, _ durability: Durability) {
        let isForgotten = canary.map { isLost(record, by: $0) } ?? false
        if !isForgotten { buffered.append(record) }
        let count = durable.count + buffered.count
        checker.recorded(record, number: count)
        guard durability == .synced else {
            if buffered.count == 1 { plan(.background, after: 1_000) }
            return
        }
        if canary == .actsBeforeTheRecordIsDurable {
            plan(.tell(.recorded(id)), after: 0)
        } else if chance.happens(faults.recordFails) {
            plan(.failRecord(id, through: count), after: chance.within(1...100))
        } else if chance.happens(faults.lostAnswer / 4) {
            plan(.background, after: 5)
        } else {
            plan(.flush(id, through: count), after: chance.within(1...30))
        }
    }

    private func isLost(_ record: HealingRecord, by canary: Canary) -> Bool {
        switch (canary, record) {
        case (.forgetsItsStarts, .started), (.forgetsEnds, .course): true
        default: false
        }
    }

    private mutating func perform(_ request: ActionRequest) {
        checker.performed(request, at: now)
        guard !chance.happens(faults.deedLost) else { return }
        let outcome: ActionOutcome
        if chance.happens(faults.deedUnknown) {
            outcome = ActionOutcome(.unknown)
        } else if chance.happens(faults.deedFails) {
            outcome = ActionOutcome(chance.happens(700) ? .failed("no luck") : .timedOut)
        } else {
            outcome = ActionOutcome(.succeeded)
            for (index, patient) in wards.patients.enumerated()
            where patient.labels == request.alert.labels && chance.happens(500) {
                plan(.getWell(index), after: chance.within(0...20_000), everyLife: true)
            }
        }
        let delay = chance.within(1...(chance.happens(100) ? request.timeout.rawValue * 2 : 5_000))
        plan(.deedDone(request, outcome), after: delay)
    }

    private mutating func answer(_ id: QuestionID, _ question: Question) {
        guard !chance.happens(faults.lostAnswer) else { return }
        // Some answers come so late that nobody waits for them any longer.
        let delay = chance.within(1...(chance.happens(20) ? 30_000 : 200))
        plan(.tell(.answered(id, reply(to: question))), after: delay)
    }

    private mutating func reply(to question: Question) -> Answer {
        switch question {
        case .survey(let request): return .survey(survey(request))
        case .expression:
            return .expression(
                chance.happens(faults.inconclusive) ? .failed("too slow") : .returned(chance.happens(700))
            )
        case .health(_, let request):
            if chance.happens(faults.inconclusive) { return .health(.inconclusive("no data")) }
            let index = wards.patients.firstIndex { $0.labels == request.alert.labels }
            return .health(index.map { illSince[$0] != nil } ?? false ? .ill : .healthy)
        case .lease:
            if chance.happens(200) { return .lease(.unreachable("no route")) }
            if chance.happens(200) { return .lease(.refused("all slots are taken", retryAfter: .seconds(20))) }
            let lease = FleetLease(
                group: "fleet",
                slot: 0,
                token: time,
                expires: now + .seconds(chance.pick([30, 300]))
            )
            return .lease(.granted(lease))
        }
    }

    private mutating func survey(_ request: SurveyRequest) -> Survey {
        var survey = Survey()
        let index = wards.patients.firstIndex { $0.labels == request.alert.labels }
        var evidence = SurveyedEvidence(
            newestSampleAge: chance.happens(faults.inconclusive) ? nil : .seconds(5),
            interval: .seconds(15),
            covered: .hours(1)
        )
        evidence.isTrue = index.map { illSince[$0] != nil } ?? false
        survey.evidence = evidence
        survey.units = request.units.map { UnitFacts(name: $0, uptime: chance.happens(50) ? .seconds(10) : .hours(1)) }
        for index in survey.units.indices where canary != .takesNamesForUnits {
            survey.units[index].identity = wards.name(of: survey.units[index].name)
        }
        survey.require = request.require.map { _ in .returned(chance.happens(900)) }
        survey.jobSize = 4
        return survey
    }
}
