import Metrics

// Answers to questions; one that nobody waits for any longer is ignored.
extension Healer {
    mutating func answered(_ question: QuestionID, _ answer: Answer) {
        guard let id = live.first(where: { $0.value.awaiting.isFor(question) })?.key else {
            // A place in the budget that nobody waits for is given back at once.
            if case .lease(.granted(let lease)) = answer { effects.append(.releaseLease(lease, run: "")) }
            return
        }
        switch (live[id]?.awaiting ?? .nothing, answer) {
        case (.survey, .survey(let survey)): surveyed(id, survey)
        case (.lease, .lease(let lease)): preflight(id, lease: lease)
        case (.renewal, .lease(let lease)): renewed(id, lease)
        case (.conditions(_, let step, let number), .expression(let answer)):
            conditionAnswered(id, step, number, answer)
        case (.measurement, .health(let measurement)): measured(id, measurement)
        default: log(.warning, "an answer does not fit its question", [("run", id)])
        }
    }

    /// What was waited for did not come, or the wait was the purpose.
    mutating func timedOut(_ id: String) {
        guard let companion = live[id] else { return }
        switch companion.awaiting {
        case .nothing: self.await(id, .nothing, for: nil)
        case .survey:
            live[id]?.survey = nil
            if companion.dryRun == nil { giveUp(id) } else { dryRunTimedOut(id) }
        case .lock: preflight(id)
        case .lease: preflight(id, lease: .unreachable("it did not answer"))
        case .approval: finish(id, .expired, "nobody approved it in time")
        case .conditions(_, let step, let number):
            conditionAnswered(id, step, number, .failed("no answer came"))
        case .renewal: renewed(id, .unreachable("it did not answer"))
        case .intent(_, let key): intentTimedOut(id, key)
        case .arming(let key): rollbackArmed(key, "no answer came")
        case .deed(let key): deedTimedOut(id, key)
        case .cancelling(let key): cancellationTimedOut(id, key)
        case .backoff(let key): delayOver(id, key)
        case .operatorStep(let key): operatorAnswered(id, key, isGranted: false, by: "nobody in time")
        case .nextMeasurement: measure(id)
        case .measurement: measured(id, .inconclusive("no answer came"))
        case .aftercare: beginAftercare(id)
        }
    }
}

extension LiveRun.Awaiting {
    func isFor(_ question: QuestionID) -> Bool {
        switch self {
        case .survey(question), .lease(question), .renewal(question), .measurement(question): true
        case .conditions(let asked, _, _): asked == question
        default: false
        }
    }
}
