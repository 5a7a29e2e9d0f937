import HTTPServer
import JSON
import Metrics

/// What Alertmanager says of itself. Clients read the routes out of the configuration in it.
struct AlertStatusRoute: Sendable {
    private let desk: any AlertDesk
    private let agent: any AgentDesk

    /// The Alertmanager whose API is spoken here: amtool warns of any that is not its own, and this is the one of Debian. Which medic it is stands
    /// in the revision.
    static let interfaceVersion = "0.25.0"

    init(_ desk: any AlertDesk, of agent: any AgentDesk) {
        self.desk = desk
        self.agent = agent
    }

    var routes: [Route] { [Route([.get], "/api/v2/status") { _ in await status() }] }

    private func status() async -> HTTPServer.Reply {
        let configuration = await desk.alertingConfiguration()
        let runtime = await agent.runtime()
        let build = agent.build
        return .alertmanager { writer in
            writer.object { writer in
                writer.member("cluster") { writer in
                    writer.object { writer in
                        writer.member("peers") { $0.array { _ in } }
                        writer.member("status", "disabled")
                    }
                }
                writer.member("config") { writer in
                    writer.object { $0.member("original", configuration) }
                }
                writer.member("uptime", runtime.startedAt.alertmanagerText)
                writer.member("versionInfo") { writer in
                    writer.object { writer in
                        writer.member("branch", build.branch)
                        writer.member("buildDate", build.date)
                        writer.member("buildUser", "")
                        writer.member("goVersion", "")
                        writer.member(
                            "revision",
                            "medic \(build.version)" + (build.revision.isEmpty ? "" : " \(build.revision)")
                        )
                        writer.member("version", Self.interfaceVersion)
                    }
                }
            }
        }
    }
}
