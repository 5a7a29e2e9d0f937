import JSON
import Metrics

// From an alert to the first step: a plan, facts, guards, locks, lease, approval.
extension Healer {
    /// Considers the first of the playbooks; the others are asked when it is blocked.
    mutating func propose(
        _ names: [String],
        for alert: FiringAlert,
        by operatorName: String? = nil,
        variables: [Label] = [],
        dryRun: CommandID? = nil
    ) {
        guard let first = names.first, let playbook = prepared(first) else { return }
        // Questions leave no gap between the numbers of runs.
        let id = dryRun.map { "dry-run-\($0.number)" } ?? takeRunID()
        let subject = playbook.patient(of: alert)
        let plan: RunPlan
        var problem: [String] = []
        switch playbook.plan(alert, id, variables) {
        case .success(let made): plan = made
        case .failure(let failure):
            plan = RunPlan(playbook: first, mode: .auto, rungs: [], digest: "")
            problem = failure.messages
        }
        considered[id] = Run(
            id: id,
            plan: plan,
            subject: subject,
            alert: alert,
            requestedBy: operatorName,
            openedAt: now,
            progress: RunProgress(phase: .considered),
            steps: []
        )
        var companion = LiveRun()
        companion.others = Array(names.dropFirst())
        companion.dryRun = dryRun
        companion.considerUntil = now.monotonic + plan.terms.lockWait + Patience.considering
        live[id] = companion
        guard problem.isEmpty else {
            let verdict = GuardVerdict.refused(
                .plan,
                problem.joined(separator: "; "),
                facts: [("problems", .array(problem.map(JSONValue.string)))]
            )
            return conclude(id, [verdict], refusal: verdict)
        }
        if dryRun == nil { countAttempt(subject, alert) }
        survey(id)
    }

    private mutating func survey(_ id: String) {
        guard let run = run(id) else { return }
        let request = SurveyRequest(
            run: id,
            alert: run.alert,
            subject: run.subject,
            units: run.plan.units,
            mentioned: UnitIdentities.mentioned(by: run),
            require: run.plan.terms.require,
            intervals: run.plan.terms.only + run.plan.terms.except
        )
        let question = ask(.survey(request))
        self.await(id, .survey(question), for: Patience.question)
    }

    mutating func surveyed(_ id: String, _ survey: Survey) {
        live[id]?.survey = survey
        live[id]?.surveyedAt = now
        guard let run = run(id) else { return }
        if learn(survey), yields(run) { return }
        if live[id]?.dryRun == nil {
            noteRecurrence(in: run, survey)
            observerProblems = survey.observerProblems
            brake(job: run.alert.labels["job"], jobSize: survey.jobSize)
        }
        preflight(id)
    }

    func guardContext(_ run: Run) -> GuardContext {
        GuardContext(
            run: run,
            settings: settings,
            memory: memory,
            survey: live[run.id]?.survey ?? Survey(),
            holders: holders(but: run.id),
            isHistoryFailing: isHistoryFailing,
            now: now
        )
    }

    /// Runs that treat something now, or are about to.
    func holders(but id: String) -> [Run] {
        let treating = memory.runs.values.filter { $0.progress.phase.isTreating || $0.progress.aftercare == .running }
        let beginning = live.filter { $0.value.holdsLocks }.keys.compactMap { run($0) }
            .filter { !$0.progress.phase.isTreating }
        return (treating + beginning).filter { $0.id != id }
    }

    /// Asks every guard, immediately before the first step or before whatever has to be waited for.
    mutating func preflight(_ id: String, lease: LeaseAnswer? = nil) {
        guard let run = run(id), let companion = live[id] else { return }
        if companion.survey == nil || companion.surveyedAt.map({ $0.age(at: now) > Patience.survey }) ?? true {
            guard (companion.considerUntil ?? now.monotonic) > now.monotonic else { return giveUp(id) }
            keep(lease, of: id)
            return survey(id)
        }
        let context = guardContext(run)
        var verdicts = LocalGuards.verdicts(context)
        if companion.dryRun != nil { return conclude(id, verdicts, refusal: nil) }
        if let refusal = verdicts.first(where: { !$0.isAllowed }) {
            if refusal.guardName == .lock { return waitForLock(id, verdicts, refusal) }
            keep(lease, of: id)
            return conclude(id, verdicts, refusal: refusal)
        }
        if context.mode == .observe { return observe(id, verdicts) }
        let approval = ApprovalGuard.verdict(context)
        verdicts.append(approval)
        guard approval.isAllowed else {
            return run.progress.approval == nil ? askApproval(id, verdicts) : conclude(id, verdicts, refusal: approval)
        }
        live[id]?.holdsLocks = true
        guard run.plan.terms.fleet != nil, run.progress.lease == nil else { return start(id, verdicts) }
        guard let lease else { return askLease(id) }
        keep(lease, of: id)
        let fleet = FleetGuard.verdict(context, answer: lease)
        verdicts.append(fleet)
        if fleet.isAllowed { start(id, verdicts) } else { conclude(id, verdicts, refusal: fleet) }
    }

    /// A lease that was granted is the run's, whatever becomes of it.
    private mutating func keep(_ answer: LeaseAnswer?, of id: String) {
        if case .granted(let lease) = answer { update(id) { $0.lease = lease } }
    }

    private mutating func askLease(_ id: String) {
        guard let run = run(id), let request = leaseRequest(run) else { return }
        let question = ask(.lease(run: id, request))
        self.await(id, .lease(question), for: Patience.question)
    }

    func leaseRequest(_ run: Run) -> LeaseRequest? {
        guard let fleet = run.plan.terms.fleet else { return nil }
        return LeaseRequest(
            terms: fleet,
            subject: run.subject,
            duration: run.plan.leaseDuration,
            renewing: run.progress.lease
        )
    }

    private mutating func waitForLock(_ id: String, _ verdicts: [GuardVerdict], _ refusal: GuardVerdict) {
        guard let run = run(id) else { return }
        let until = live[id]?.lockUntil ?? now.monotonic + run.plan.terms.lockWait
        live[id]?.lockUntil = until
        guard until > now.monotonic else { return conclude(id, verdicts, refusal: refusal) }
        // Nobody keeps others waiting while it waits itself.
        live[id]?.holdsLocks = false
        self.await(id, .lock, for: until - now.monotonic)
    }

    /// Locks were given back: whoever waits for one looks again.
    mutating func locksReleased() {
        let waiting = live.filter { $0.value.awaiting == .lock }.keys
        for id in waiting.sorted(by: { (Int64($0) ?? 0) < (Int64($1) ?? 0) }) where awaits(id, .lock) { preflight(id) }
        for id in live.filter({ $0.value.awaiting == .aftercare }).keys.sorted() { beginAftercare(id) }
    }

    mutating func giveUp(_ id: String) {
        let verdict = GuardVerdict.refused(.evidence, "the facts took too long to gather", retryAfter: .seconds(30))
        conclude(id, [verdict], refusal: verdict)
    }

    private mutating func observe(_ id: String, _ verdicts: [GuardVerdict]) {
        guard var run = considered[id] else { return finish(id, .observed, "the mode is observe by now") }
        for index in run.plan.rungs.first ?? 0..<0 {
            var step = StepRecord(step: index, attempt: 0, begunAt: now)
            step.skipped = "would \(run.plan.steps[index].sentence)"
            run.steps.append(step)
        }
        run.progress.verdicts = verdicts
        considered[id] = run
        finish(id, .observed, "the mode is observe: nothing was done")
    }

    private mutating func askApproval(_ id: String, _ verdicts: [GuardVerdict]) {
        live[id]?.holdsLocks = false
        guard var run = run(id) else { return }
        run.progress.verdicts = verdicts
        run.progress.phase = .waiting(since: now)
        run.progress.reason = "an operator must approve it"
        register(run, .synced)
        self.await(id, .approval, for: settings.approvalExpires)
        notify(.approvalWanted, run, "\(run.playbook) asks for approval: \(sentences(of: run))")
    }

    /// Puts a run into the record, or what has changed about it.
    mutating func register(_ run: Run, _ durability: Durability = .grouped) {
        if considered[run.id] == nil {
            commit(.progress(run: run.id, run.progress), durability)
        } else {
            considered[run.id] = nil
            commit(.opened(run), durability)
        }
    }

    /// What the plan's first steps would do.
    func sentences(of run: Run) -> String {
        run.plan.steps[run.plan.rungs.first ?? 0..<0].map(\.sentence).joined(separator: "; ")
    }
}
