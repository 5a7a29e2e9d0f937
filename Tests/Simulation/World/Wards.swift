import Metrics
import Playbooks

/// The playbooks and patients of a world.
struct Wards {
    struct Patient {
        let labels: Labels
        let isFromWebhook: Bool
    }

    var plans: [RunPlanDraft] = []
    var patients: [Patient] = []
    var settings = HealingSettings()
    /// The second unit is the first one by another name.
    let hasAlias: Bool

    init(_ chance: inout Chance) {
        hasAlias = chance.happens(400)
        settings.ceiling = chance.happens(100) ? chance.pick([.off, .observe, .approve]) : .auto
        settings.hostLimit = Guards.Limit(chance.pick([2, 5, 20]), within: .minutes(chance.pick([10, 60])))
        settings.storm.subjects = chance.pick([2, 5, 50])
        settings.approvalExpires = .minutes(chance.pick([1, 30]))
        for number in 0..<1 + chance.below(3) { plans.append(RunPlanDraft(number: number, &chance)) }
        for number in 0..<1 + chance.below(6) {
            let labels: Labels = [
                "alertname": "Ill\(chance.below(2))", "instance": "host\(number / 2)", "unit": "unit\(number).service",
                "job": "job\(number % 2)",
            ]
            guard !patients.contains(where: { $0.labels == labels }) else { continue }
            patients.append(Patient(labels: labels, isFromWebhook: chance.happens(250)))
        }
    }

    /// What the unit is really called.
    func name(of unit: String) -> String { hasAlias && unit == "unit1.service" ? "unit0.service" : unit }

    /// Who the subject really is.
    func patient(_ subject: Labels) -> Labels { Labels(subject.map { Label($0.name, name(of: $0.value)) }) }

    /// As the machine is given them; the broken one believes that every step may be repeated.
    func playbooks(repeatable: Bool) -> [PreparedPlaybook] {
        plans.map { draft in
            guard repeatable else { return draft.prepared }
            var broken = draft
            broken.rungs = draft.rungs.map { $0.map(\.takenForRepeatable) }
            broken.onUnhealed = draft.onUnhealed.map(\.takenForRepeatable)
            broken.onResolved = draft.onResolved.map(\.takenForRepeatable)
            return broken.prepared
        }
    }

    /// What is true of a step, whatever the machine believes.
    func isRepeatable(_ playbook: String, step: Int) -> Bool {
        guard let draft = plans.first(where: { $0.name == playbook }) else { return true }
        let steps = draft.rungs.flatMap { $0 } + draft.onUnhealed + draft.onResolved
        return steps[step].isRepeatable
    }
}

/// A playbook that fits any patient.
struct RunPlanDraft: Sendable {
    let name: String
    let mode: Playbook.Mode
    let subject: [String]?
    let alertname: String?
    var rungs: [[PlannedStep]]
    var onUnhealed: [PlannedStep]
    var onResolved: [PlannedStep]
    var terms = GuardTerms()
    var verification = VerificationTerms()
    var page = PageTerms()
    let sharesLock: Bool
    let continues: Bool
    let acceptsWebhooks: Bool
    let firingFor: Milliseconds
    let isBroken: Bool
    let touches: String

    init(number: Int, _ chance: inout Chance) {
        name = "playbook\(number)"
        mode = chance.pick([.auto, .auto, .auto, .auto, .approve, .observe])
        subject = chance.pick([nil, ["unit"], ["instance"]])
        alertname = chance.happens(300) ? "Ill\(chance.below(2))" : nil
        rungs = (0..<1 + chance.below(3)).map { _ in (0..<1 + chance.below(3)).map { _ in Self.step(&chance) } }
        onUnhealed = chance.happens(300) ? [Self.step(&chance)] : []
        onResolved = chance.happens(300) ? [Self.step(&chance)] : []
        sharesLock = chance.happens(300)
        continues = chance.happens(300)
        acceptsWebhooks = chance.happens(700)
        firingFor = chance.pick([.zero, .zero, .seconds(30)])
        isBroken = chance.happens(30)
        touches = chance.happens(50) ? "dbus.service" : "unit"
        terms.cooldown = chance.pick([.seconds(30), .minutes(10)])
        terms.subjectLimit = Guards.Limit(chance.pick([1, 3, 100]), within: .minutes(chance.pick([10, 60])))
        terms.playbookLimit = Guards.Limit(chance.pick([2, 10, 100]), within: .minutes(60))
        terms.breaker = Guards.Breaker(
            after: chance.pick([1, 2, 50]),
            open: .minutes(chance.pick([5, 60])),
            atMost: .hours(4),
            minHealthy: .minutes(chance.pick([5, 60]))
        )
        terms.require = chance.happens(200) ? ["required"] : []
        terms.lockWait = chance.pick([.zero, .minutes(1)])
        if chance.happens(200) {
            terms.fleet = Guards.Fleet(
                "fleet",
                maxConcurrent: .count(1),
                maxUnhealthy: .percent(40),
                store: chance.pick([.required, .preferred])
            )
        }
        verification.every = chance.pick([.seconds(5), .seconds(15)])
        verification.healthy = chance.pick([1, 3])
        verification.within = chance.pick([.minutes(1), .minutes(5)])
        page.hold = chance.pick([.zero, .minutes(1), .minutes(10)])
    }

    private static func step(_ chance: inout Chance) -> PlannedStep {
        let isQuestion = chance.happens(40)
        return PlannedStep(
            name: "step",
            action: isQuestion ? PlannedStep.approval : "deed",
            sentence: "do it",
            timeout: .seconds(chance.pick([5, 60])),
            retry: chance.happens(300)
                ? Step.Retry(2 + chance.below(2), backoff: .seconds(1)...Milliseconds.seconds(30)) : nil,
            onError: chance.happens(300) ? .continue : .stop,
            isSkipped: chance.happens(30),
            conditions: chance.happens(100) ? ["condition"] : [],
            confirmWithin: chance.happens(80) ? .minutes(5) : nil,
            isRepeatable: chance.happens(500),
            isTreatment: chance.happens(800)
        )
    }

    func plan(for alert: FiringAlert) -> RunPlan {
        var locks = ["playbook/\(name)/\(alert.labels["unit"] ?? "")"]
        if sharesLock { locks.append("shared") }
        return RunPlan(
            playbook: name,
            mode: mode,
            rungs: rungs,
            onUnhealed: onUnhealed,
            onResolved: onResolved,
            locks: locks,
            units: [touches == "unit" ? alert.labels["unit"] ?? "" : touches],
            terms: terms,
            verification: verification,
            page: page,
            digest: "\(name) \(alert.labels) \(alert.startsAt.rawValue)"
        )
    }

    var prepared: PreparedPlaybook {
        let name = alertname
        return PreparedPlaybook(
            name: self.name,
            triggers: [.init(firingFor: firingFor) { labels in name == nil || labels["alertname"] == name }],
            subject: subject,
            acceptsWebhooks: acceptsWebhooks,
            continues: continues
        ) { alert, _, _ in
            isBroken ? .failure(.init(["a label is missing"])) : .success(plan(for: alert))
        }
    }
}

extension PlannedStep {
    var takenForRepeatable: PlannedStep {
        PlannedStep(
            name: name,
            action: action,
            sentence: sentence,
            timeout: timeout,
            retry: retry,
            onError: onError,
            isSkipped: isSkipped,
            conditions: conditions,
            confirmWithin: confirmWithin,
            isRepeatable: true,
            isTreatment: isTreatment
        )
    }
}
