import HTTPServer

/// What happens, as it happens.
struct EventRoutes: Sendable {
    private let desk: any OperatingDesk

    init(_ desk: any OperatingDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/events") { call throws(WebRefusal) in
                let kinds = Set(call.values("kind"))
                if let stranger = kinds.first(where: { EventHub.Kind(rawValue: $0) == nil }) {
                    let known = EventHub.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw .badParameter("kind", "'\(stranger)' is none of \(known)")
                }
                // Browsers send the header when they come back by themselves; a page that was loaded anew asks with a parameter.
                let last = call.request.headers["last-event-id"] ?? call.value("last_event_id")
                guard let channel = await desk.events(after: last, kinds: kinds) else {
                    throw WebRefusal(.unavailable, "as many listen as may: \(EventHub.listenersMax)")
                }
                return HTTPServer.Reply(
                    type: "text/event-stream",
                    headers: [("Cache-Control", "no-store"), ("X-Accel-Buffering", "no")],
                    body: .events(channel)
                )
            }
        ]
    }
}
