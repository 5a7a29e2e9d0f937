public import Metrics
import YAML

extension PreparedPlaybook {
    /// Everything about a playbook of a file that the run machine needs.
    ///
    /// - Parameters:
    ///   - externalLabels, externalURL: what templates see of the host.
    ///   - refusals: what `actions.permit` has against these permissions, in sentences. A playbook that needs more than the host permits is
    ///     not carried out in part.
    public init(
        _ playbook: Playbook,
        renderer: PlaybookRenderer,
        externalLabels: Labels = .empty,
        externalURL: String = "",
        refusals: @escaping @Sendable ([Permission]) -> [String]
    ) {
        self.init(
            name: playbook.name.value,
            triggers: playbook.mode == .off
                ? [] : playbook.when.map { trigger in Trigger(firingFor: trigger.firingFor) { trigger.matches($0) } },
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
            let overrides = variables.map { RenderedPlaybook.Variable(name: $0.name, value: $0.value) }
            do throws(RenderingFailure) {
                let rendered = try renderer.render(playbook, facts, overrides: overrides)
                let refused = refusals(rendered.permissions)
                guard refused.isEmpty else { return .failure(Problem(refused)) }
                return .success(RunPlan(playbook, rendered, for: alert))
            } catch {
                return .failure(Problem(error.errors.map(\.description)))
            }
        }
    }
}

extension RunPlan {
    /// The plan of a playbook whose templates are filled in.
    init(_ playbook: Playbook, _ rendered: RenderedPlaybook, for alert: FiringAlert) {
        var verification = VerificationTerms()
        verification.every = playbook.verification.every
        verification.healthy = playbook.verification.healthy
        verification.within = playbook.verification.within
        verification.inconclusive = playbook.verification.inconclusive
        verification.expression = rendered.verification?.text
        var page = PageTerms()
        page.hold = playbook.page.hold.value
        page.occasions = playbook.page.occasions
        page.receiver = playbook.page.receiver?.value
        self.init(
            playbook: playbook.name.value,
            mode: playbook.mode,
            variables: rendered.variables.map { Label($0.name, $0.value) },
            rungs: rendered.rungs.map { $0.map(PlannedStep.init) },
            onUnhealed: rendered.onUnhealed.map(PlannedStep.init),
            onResolved: rendered.onResolved.map(PlannedStep.init),
            locks: rendered.locks,
            units: rendered.treatedUnits,
            terms: GuardTerms(playbook, rendered),
            verification: verification,
            page: page,
            digest: rendered.digest(evidence: ["\(alert.labels)", "\(alert.startsAt.rawValue)"])
        )
    }
}

extension GuardTerms {
    fileprivate init(_ playbook: Playbook, _ rendered: RenderedPlaybook) {
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

extension PlannedStep {
    fileprivate init(_ step: RenderedStep) {
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
