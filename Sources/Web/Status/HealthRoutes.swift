import HTTPServer
import JSON

/// Whether the agent lives, can work, and is well.
struct HealthRoutes: Sendable {
    private let desk: any AgentDesk

    init(_ desk: any AgentDesk) {
        self.desk = desk
    }

    /// Only what says no more than yes or no is for everybody.
    var routes: [Route] {
        ["/-/healthy", "/livez"].map { path in
            Route([.get], path, for: .nobody) { _ in Self.text(200, "medic is alive.\n") }
        }
            + ["/-/ready", "/readyz"].map { path in
                Route([.get], path, for: .nobody) { _ in
                    desk.isReady ? Self.text(200, "medic is ready.\n") : Self.text(503, "medic is not ready.\n")
                }
            } + [
                Route([.get], "/health") { _ in
                    let report = await desk.health()
                    return .json(status: report.condition == .unhealthy ? 503 : 200) { $0.members(of: report) }
                }
            ]
    }

    private static func text(_ status: Int, _ text: String) -> HTTPServer.Reply {
        HTTPServer.Reply(status: status, type: "text/plain; charset=utf-8", text: text)
    }
}

extension JSONWriter {
    fileprivate mutating func members(of report: HealthReport) {
        member("status", report.condition.rawValue)
        member("checks") { writer in
            writer.array { writer in
                for check in report.checks {
                    writer.object { writer in
                        writer.member("name", check.name)
                        writer.member("status", check.condition.rawValue)
                        if !check.message.isEmpty { writer.member("message", check.message) }
                        writer.member("latencySeconds", seconds: check.latency)
                    }
                }
            }
        }
    }
}
