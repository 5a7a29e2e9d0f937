import EventLoop
import Playbooks
import Web

extension HealthChecks {
    /// Whether medic could treat somebody, and whether it may.
    func healing() async -> Check {
        let (seen, latency) = await timed {
            await within(Self.patience) { done in
                agent.ground.core.submit { done(agent.healing.report) }
            }
        }
        guard let seen else {
            return Check(
                name: "healing",
                condition: .unhealthy,
                message: Self.silence("the core", latency),
                latency: latency
            )
        }
        var check = Check(name: "healing", condition: .healthy, message: "", latency: latency)
        if let stop = seen.killSwitch {
            // What an operator wants is no illness.
            if stop.by == Agent.ownName { check.condition = .degraded }
            check.message = "healing is stopped by \(stop.by)" + (stop.reason.isEmpty ? "" : ": \(stop.reason)")
        } else if let storm = seen.storm {
            check.condition = .degraded
            check.message = "nobody is treated: \(storm.reason)"
        }
        return check
    }

    /// What the search for damage in the history has found.
    func integrity() async -> Check {
        let (finding, latency) = await timed { agent.damage.current }
        func check(_ condition: HealthReport.Condition, _ message: String = "") -> Check {
            Check(name: "integrity", condition: condition, message: message, latency: latency)
        }
        return switch finding {
        case .notLookedYet, .sound: check(.healthy)
        case .damaged(let found, _):
            check(.unhealthy, "the history is damaged, restart medic to set it aside: \(found.first ?? "")")
        case .failed(let reason, _): check(.degraded, "the history could not be searched for damage: \(reason)")
        }
    }
}
