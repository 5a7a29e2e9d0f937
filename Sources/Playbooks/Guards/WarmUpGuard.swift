import JSON
import Metrics

/// Not before the rule has seen as far back as it looks, nor right after a boot, nor while the unit has just started or is about to.
enum WarmUpGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.warmUp) { return verdict }
        let survey = context.survey
        if survey.hostUptime < context.settings.bootGrace {
            return waiting("the host has been up", survey.hostUptime, needs: context.settings.bootGrace)
        }
        if let evidence = survey.evidence, evidence.covered < evidence.reach {
            return waiting("samples have come in", evidence.covered, needs: evidence.reach)
        }
        for unit in survey.units {
            if unit.isChanging && !onlyStops(context.plan) {
                return .refused(
                    .warmUp,
                    "\(unit.name) is being started, stopped or reloaded just now",
                    facts: [("unit", .string(unit.name))],
                    retryAfter: .seconds(5)
                )
            }
            if let uptime = unit.uptime, uptime < context.terms.minUptime {
                return waiting("\(unit.name) has been up", uptime, needs: context.terms.minUptime)
            }
        }
        return .allowed(
            .warmUp,
            "host, samples and units are past their beginning",
            facts: [("host_uptime_ms", survey.hostUptime.fact)]
        )
    }

    /// Whether all that is done to units is to stop them. Whoever is restarted again and again is never at rest, and to stop it is no second
    /// attempt beside systemd's own.
    private static func onlyStops(_ plan: RunPlan) -> Bool {
        let deeds = plan.steps.filter { $0.isTreatment && $0.action.utf8.starts(with: "systemd.".utf8) }
        return !deeds.isEmpty && deeds.allSatisfy { $0.action == "systemd.stop" }
    }

    private static func waiting(_ what: String, _ span: Milliseconds, needs: Milliseconds) -> GuardVerdict {
        .refused(
            .warmUp,
            "\(what) for \(span.text), and \(needs.text) are needed",
            facts: [("span_ms", span.fact), ("needed_ms", needs.fact)],
            retryAfter: needs - span
        )
    }
}
