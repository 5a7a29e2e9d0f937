import Metrics

@testable import Playbooks

/// A run machine at work, whose world does what the test says: records are durable at once, facts are good, deeds are answered by hand.
struct Ward {
    var healer: Healer
    var time: Int64 = 0
    var wallOffset: Int64 = 1_700_000_000_000
    var boot: Int64 = 1
    var survey = Survey()
    /// What the patient is said to be when somebody looks.
    var health = Measurement.healthy
    var lease = LeaseAnswer.refused("all slots are taken", retryAfter: .seconds(20))
    var condition = ExpressionAnswer.returned(true)
    /// What systemd calls units that have another name too.
    var aliases: [String: String] = [:]
    var recordsFail = false

    var records: [HealingRecord] = []
    var notices: [HealingNotice] = []
    var replies: [CommandReply] = []
    var deeds: [ActionRequest] = []
    /// Everything in its order, in words.
    var story: [String] = []
    var holds: [Labels] = []

    init(_ playbooks: [PreparedPlaybook], settings: HealingSettings = HealingSettings()) {
        var evidence = SurveyedEvidence(newestSampleAge: .seconds(1), interval: .seconds(15), covered: .hours(1))
        evidence.isTrue = true
        survey.evidence = evidence
        healer = Healer(playbooks: playbooks, settings: settings, seed: 1, at: Self.moment(0, 1_700_000_000_000, 1))
        hear(.started)
    }

    private static func moment(_ time: Int64, _ offset: Int64, _ boot: Int64) -> Moment {
        Moment(wall: Timestamp(milliseconds: time + offset), monotonic: Milliseconds(time), boot: boot)
    }

    var now: Moment { Self.moment(time, wallOffset, boot) }

    mutating func hear(_ event: HealingEvent) {
        for effect in healer.handle(event, at: now) { carryOut(effect) }
    }

    private mutating func carryOut(_ effect: HealingEffect) {
        switch effect {
        case .record(let id, let record, let durability):
            story.append(record.kind)
            if !recordsFail { records.append(record) }
            if durability == .synced { hear(recordsFail ? .recordFailed(id, reason: "full") : .recorded(id)) }
        case .perform(let request):
            story.append("perform")
            deeds.append(request)
        case .cancel: story.append("cancel")
        case .ask(let id, let question): answer(id, question)
        case .releaseLease: story.append("release lease")
        case .notify(let notice): notices.append(notice)
        case .hold(let alert, _): holds.append(alert)
        case .release(let alert): holds.removeAll { $0 == alert }
        case .armRollback(let request, _):
            story.append("arm")
            hear(.rollbackArmed(request.key, failure: nil))
        case .disarmRollback: story.append("disarm")
        case .reply(_, let reply): replies.append(reply)
        case .log: break
        }
    }

    private mutating func answer(_ id: QuestionID, _ question: Question) {
        switch question {
        case .survey(let request):
            var answer = survey
            answer.require = request.require.map { _ in condition }
            for unit in request.units where aliases[unit] != nil && !answer.units.contains(where: { $0.name == unit }) {
                answer.units.append(UnitFacts(name: unit, uptime: .hours(1)))
                answer.units[answer.units.count - 1].identity = aliases[unit]
            }
            answer.identities = request.mentioned.map { UnitIdentity(alias: $0, name: aliases[$0] ?? $0) }
            hear(.answered(id, .survey(answer)))
        case .expression: hear(.answered(id, .expression(condition)))
        case .health: hear(.answered(id, .health(health)))
        case .lease: hear(.answered(id, .lease(lease)))
        }
    }

    /// Lets time pass, from wake to wake.
    mutating func pass(_ span: Milliseconds) {
        let end = time + span.rawValue
        while let wake = healer.nextWake?.rawValue, wake <= end {
            time = Swift.max(time, wake)
            hear(.wake)
        }
        time = end
    }

    /// The process is killed and comes back in the same boot, knowing what it recorded.
    mutating func restart(_ playbooks: [PreparedPlaybook]) {
        let kept = records.compactMap { HealingRecord(json: $0.json) }
        precondition(kept == records)
        healer = Healer(restoring: kept, playbooks: playbooks, seed: 2, at: now)
        hear(.started)
    }

    mutating func finish(_ result: ActionOutcome.Result = .succeeded) {
        guard let deed = deeds.last else { return }
        hear(.finished(deed.key, ActionOutcome(result)))
    }

    mutating func command(_ kind: HealingCommand.Kind, reason: String = "because") {
        hear(.command(CommandID(number: 1), HealingCommand(kind, by: "ann", reason: reason)))
    }

    mutating func fire(_ alert: FiringAlert = .sample) { hear(.firing(alert)) }
    mutating func resolve(_ alert: FiringAlert = .sample) { hear(.resolved(alert.labels)) }

    /// How the runs stand: the last word about each, in order.
    var states: [String] {
        var runs: [String: String] = [:]
        for record in records {
            switch record {
            case .opened(let run): runs[run.id] = run.progress.phase.name
            case .progress(let run, let progress): runs[run] = progress.phase.name
            default: break
            }
        }
        return runs.sorted { (Int64($0.key) ?? 0) < (Int64($1.key) ?? 0) }.map(\.value)
    }

    var occasions: [HealingNotice.Occasion] { notices.map(\.occasion) }

    /// The guard that refused the newest run.
    var refusal: GuardName? { refusalVerdict?.guardName }
    var refusalSentence: String? { refusalVerdict?.sentence }

    private var refusalVerdict: GuardVerdict? {
        for record in records.reversed() {
            if case .opened(let run) = record { return run.progress.verdicts.first { !$0.isAllowed } }
        }
        return nil
    }
}

extension FiringAlert {
    static let sample = FiringAlert.named("a")

    static func named(
        _ unit: String,
        startsAt: Int64 = 1_700_000_000_000,
        origin: Origin? = nil,
        isFlapping: Bool = false
    )
        -> FiringAlert
    {
        FiringAlert(
            labels: ["alertname": "Down", "unit": unit],
            startsAt: Timestamp(milliseconds: startsAt),
            origin: origin ?? .rule(expression: "up == 0", interval: .seconds(15)),
            isFlapping: isFlapping
        )
    }
}

extension PlannedStep {
    static func deed(
        _ name: String = "restart",
        repeatable: Bool = true,
        treats: Bool = true,
        retry: Step.Retry? = nil,
        onError: Step.OnError = .stop,
        conditions: [String] = [],
        confirmWithin: Milliseconds? = nil
    ) -> PlannedStep {
        PlannedStep(
            name: name,
            action: name == PlannedStep.approval ? name : "test.\(name)",
            sentence: "\(name) it",
            retry: retry,
            onError: onError,
            conditions: conditions,
            confirmWithin: confirmWithin,
            isRepeatable: repeatable,
            isTreatment: treats
        )
    }
}

/// A playbook for every alert; what is left alone is the default.
func playbook(
    _ name: String = "restart",
    mode: Playbook.Mode = .auto,
    rungs: [[PlannedStep]] = [[.deed()]],
    onUnhealed: [PlannedStep] = [],
    onResolved: [PlannedStep] = [],
    units: [String] = [],
    locks: [String] = [],
    continues: Bool = false,
    hold: Milliseconds = .zero,
    terms change: @escaping @Sendable (inout GuardTerms) -> Void = { _ in }
) -> PreparedPlaybook {
    PreparedPlaybook(
        name: name,
        triggers: [.init { $0["alertname"] == "Down" }],
        subject: ["unit"],
        acceptsWebhooks: true,
        continues: continues
    ) { alert, _, _ in
        var terms = GuardTerms()
        change(&terms)
        var page = PageTerms()
        page.hold = hold
        return .success(
            RunPlan(
                playbook: name,
                mode: mode,
                rungs: rungs,
                onUnhealed: onUnhealed,
                onResolved: onResolved,
                locks: locks,
                units: units,
                terms: terms,
                page: page,
                digest: "digest of \(alert.labels)"
            )
        )
    }
}
