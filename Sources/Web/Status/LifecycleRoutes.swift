import HTTPServer

/// Commands about the agent itself.
struct LifecycleRoutes: Sendable {
    private let desk: any AgentDesk
    private let allowsQuit: Bool

    init(_ desk: any AgentDesk, allowsQuit: Bool) {
        self.desk = desk
        self.allowsQuit = allowsQuit
    }

    var routes: [Route] {
        [
            .command([.post, .put], "/-/reload") { _ throws(WebRefusal) in
                if let problem = await desk.reload() {
                    throw WebRefusal(.internal, "failed to reload config: \(problem)")
                }
                return HTTPServer.Reply(type: "text/plain; charset=utf-8", text: "")
            },
            .command([.post, .put], "/-/quit") { _ throws(WebRefusal) in
                guard allowsQuit else {
                    throw WebRefusal(.forbidden, "quitting over HTTP is off: set web.allow_quit, or use systemctl stop")
                }
                await desk.quit()
                return HTTPServer.Reply(type: "text/plain; charset=utf-8", text: "Requesting termination... Goodbye!")
            },
        ]
    }
}
