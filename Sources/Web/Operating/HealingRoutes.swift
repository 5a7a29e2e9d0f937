import HTTPServer
public import JSON
import Metrics
import Playbooks

/// Healing as a whole: how it stands, and the switch that stops it.
struct HealingRoutes: Sendable {
    private let desk: any OperatingDesk

    // Whoever stops healing for longer than a year stops it until it is resumed.
    private static let longestStop = Milliseconds.days(366)

    init(_ desk: any OperatingDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/healing") { _ in .success(HealingTree.tree(await desk.healing())) },
            Route([.get], "/medic/v1/health") { _ in .success(HealthTree.tree(await desk.health())) },
            .command([.post], "/medic/v1/stop-healing") { call throws(WebRefusal) in
                let span = try call.span("for")
                if let span, span <= .zero || span > Self.longestStop {
                    throw .badParameter("for", "a span between nothing and 366 days is expected")
                }
                return .said(try await desk.obey(.stopHealing(for: span), call))
            },
            .command([.post], "/medic/v1/resume-healing") { call throws(WebRefusal) in
                .said(try await desk.obey(.resumeHealing, call))
            },
        ]
    }
}

/// The agent's own health as medic's API tells of it.
public enum HealthTree {
    public static func tree(_ report: HealthReport) -> JSONValue {
        .tree { tree in
            tree.add("status", text: report.condition.rawValue)
            tree.add(
                "checks",
                list: report.checks.map { check in
                    .tree { tree in
                        tree.add("name", text: check.name)
                        tree.add("status", text: check.condition.rawValue)
                        tree.add("message", words: check.message)
                        tree.add("latencySeconds", .number(check.latency / .seconds(1)))
                    }
                }
            )
        }
    }
}
