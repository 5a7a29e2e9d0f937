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
            if unit.isChanging {
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

    private static func waiting(_ what: String, _ span: Milliseconds, needs: Milliseconds) -> GuardVerdict {
        .refused(
            .warmUp,
            "\(what) for \(span.text), and \(needs.text) are needed",
            facts: [("span_ms", span.fact), ("needed_ms", needs.fact)],
            retryAfter: needs - span
        )
    }
}
