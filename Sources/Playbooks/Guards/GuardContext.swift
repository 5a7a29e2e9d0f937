import JSON
import Metrics

/// What a guard looks at: the run that wants to begin, what is remembered, what the world said, and the time.
struct GuardContext {
    let run: Run
    let settings: HealingSettings
    let memory: HealingMemory
    let survey: Survey
    /// Runs that treat something just now, this one not among them.
    let holders: [Run]
    let isHistoryFailing: Bool
    let now: Moment

    var plan: RunPlan { run.plan }
    var terms: GuardTerms { run.plan.terms }
    /// What systemd calls the units that are treated.
    var treated: Set<String> { Set(plan.units.map(memory.identities.name)) }
    var course: Course { memory.course(of: run.playbook, run.subject) }

    /// The lowest of the playbook's mode, the host's ceiling, and what the breaker leaves of them.
    var mode: Playbook.Mode {
        let breaker = course.breaker == .closed ? Playbook.Mode.auto : BreakerState.openCeiling
        return Swift.min(run.plan.mode, settings.ceiling, breaker)
    }

    /// An operator's word stands for the guards that ask whether now is a good moment.
    func override(_ name: GuardName) -> GuardVerdict? {
        run.requestedBy.map {
            .allowed(name, "\($0) started it, which stands for this guard", facts: [("requested_by", .string($0))])
        }
    }
}

/// One thing that may forbid a run.
protocol RunGuard: SendableMetatype {
    static func verdict(_ context: GuardContext) -> GuardVerdict
}

/// The guards that can be asked without leaving the host, in their order. Approval and the fleet's budget come after them.
enum LocalGuards {
    static let all: [any RunGuard.Type] = [
        KillSwitchGuard.self, ModeGuard.self, RepeatedGuard.self, ProtectedGuard.self, WarmUpGuard.self,
        EvidenceGuard.self, FlappingGuard.self, SubjectsGuard.self, MaintenanceGuard.self, RequireGuard.self,
        DependencyGuard.self, CooldownGuard.self, LimitGuard.self, BreakerGuard.self, StormGuard.self,
        HistoryGuard.self, LockGuard.self,
    ]

    /// Every guard's word, also behind the first refusal: whoever asks why wants to see all of it.
    static func verdicts(_ context: GuardContext) -> [GuardVerdict] {
        all.map { $0.verdict(context) }
    }
}

extension Milliseconds {
    /// As verdicts show it: `9m30s`. Of more than ten seconds nobody wants to read the thousandths.
    var text: String { rawValue < 10_000 ? promQLText : Milliseconds(rawValue - rawValue % 1_000).promQLText }

    var fact: JSONValue { .integer(rawValue) }
}
