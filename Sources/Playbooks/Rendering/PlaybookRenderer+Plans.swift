public import Metrics
import YAML

extension PlaybookRenderer {
    /// All playbooks of the library as the run machine takes them, in the order in which they are tried.
    ///
    /// `refusals` says why permissions are refused, one sentence each; what only a label decides can be asked no sooner.
    public func prepared(
        externalLabels: Labels = .empty,
        externalURL: String = "",
        refusals: @escaping @Sendable ([Permission]) -> [String] = { _ in [] }
    ) -> [PreparedPlaybook] {
        library.playbooks.map { playbook in
            PreparedPlaybook(
                name: playbook.name.value,
                triggers: playbook.mode == .off
                    ? []
                    : playbook.when.map { trigger in
                        PreparedPlaybook.Trigger(firingFor: trigger.firingFor) { trigger.matches($0) }
                    },
                subject: playbook.subject?.map(\.value),
                acceptsWebhooks: playbook.acceptsWebhooks,
                continues: playbook.continues
            ) { alert, run, variables in
                let facts = AlertFacts(
                    labels: alert.labels,
                    annotations: Labels(alert.annotations),
                    value: alert.origin == .command ? nil : alert.value,
                    subject: PlaybookLibrary.subject(of: playbook, alert.labels) ?? .empty,
                    run: run,
                    externalLabels: externalLabels,
                    externalURL: externalURL
                )
                do throws(RenderingFailure) {
                    let given = variables.map { RenderedPlaybook.Variable(name: $0.name, value: $0.value) }
                    let rendered = try render(playbook, facts, overrides: given)
                    let refused = refusals(rendered.permissions)
                    guard refused.isEmpty else { return .failure(PreparedPlaybook.Problem(refused)) }
                    return .success(RunPlan(playbook, rendered, alert))
                } catch {
                    return .failure(PreparedPlaybook.Problem(error.errors.map(\.description)))
                }
            }
        }
    }
}

extension RunPlan {
    /// The plan of a playbook for an alert. An approval of it is for these steps and this illness, not for its value of the moment.
    init(_ playbook: Playbook, _ rendered: RenderedPlaybook, _ alert: FiringAlert) {
        self.init(
            playbook: rendered.name,
            mode: playbook.mode,
            variables: rendered.variables.map { Label($0.name, $0.value) },
            rungs: rendered.rungs.map { $0.map { PlannedStep($0) } },
            onUnhealed: rendered.onUnhealed.map { PlannedStep($0) },
            onResolved: rendered.onResolved.map { PlannedStep($0) },
            locks: rendered.locks,
            units: rendered.treatedUnits,
            terms: GuardTerms(playbook, rendered),
            verification: VerificationTerms(playbook.verification, rendered.verification),
            page: PageTerms(playbook.page),
            digest: rendered.digest(evidence: ["\(alert.labels)", "\(alert.startsAt.rawValue)"])
        )
    }
}

extension PlannedStep {
    init(_ step: RenderedStep) {
        self.init(
            name: step.name,
            action: step.action,
            arguments: step.arguments,
            sentence: step.sentence,
            timeout: step.timeout,
            retry: step.retry,
            onError: step.onError,
            isSkipped: step.isSkipped,
            conditions: step.conditions.map(\.text),
            confirmWithin: step.confirmWithin,
            isRepeatable: step.isRepeatable,
            isTreatment: step.isTreatment
        )
    }
}

extension GuardTerms {
    init(_ playbook: Playbook, _ rendered: RenderedPlaybook) {
        self.init()
        let guards = playbook.guards
        cooldown = guards.cooldown
        subjectLimit = guards.limit
        playbookLimit = guards.playbookLimit
        breaker = guards.breaker
        minUptime = guards.minUptime
        require = rendered.require.map(\.text)
        only = guards.only.map(\.value)
        except = guards.except.map(\.value)
        lockWait = guards.lockWait
        fleet = guards.fleet
        maxSubjects = guards.maxSubjects
        weeklyHeals = guards.weeklyHeals
        touchesProtected = playbook.touchesProtected
    }
}

extension VerificationTerms {
    init(_ verification: Playbook.Verification, _ expression: PlaybookExpression?) {
        self.init()
        every = verification.every
        healthy = verification.healthy
        within = verification.within
        inconclusive = verification.inconclusive
        self.expression = expression?.text
    }
}

extension PageTerms {
    init(_ page: Playbook.Page) {
        self.init()
        hold = page.hold.value
        occasions = page.occasions
        receiver = page.receiver?.value
    }
}
