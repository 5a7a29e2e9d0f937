public import Configuration
import EventLoop
public import HTTPServer
public import Instruments
public import Logging

/// Answers every request: finds the route, learns who asks, lets them or not, and counts.
public final class WebRoom: HTTPHandler {
    private let desk: any AgentDesk
    private let router: Router
    /// Everything that is served, for whoever holds the description against it.
    let routes: [Route]
    private let gatekeeper: Gatekeeper
    private let metrics: WebMetrics
    private let log: Logger

    // Checking passwords is slow on purpose: whoever guesses them waits, and nobody else does.
    private static let hashingWidth = 2
    private static let hashingWaiting = 32
    private static let hashingPatience = Duration.seconds(10)

    /// - Parameter routes: what can be asked for beside Prometheus's API, metrics, health and life of the agent.
    public init(
        _ settings: WebSettings,
        desk: any AgentDesk,
        routes: [Route] = [],
        instruments: Instruments,
        log: Logger
    ) {
        self.desk = desk
        self.log = log
        metrics = WebMetrics(instruments)
        let hashing = WorkGate(
            "passwords",
            width: Self.hashingWidth,
            waiting: Self.hashingWaiting,
            patience: Self.hashingPatience,
            instruments
        )
        gatekeeper = Gatekeeper(settings, hashing: hashing)
        self.routes = Self.ownRoutes(settings, desk, instruments) + routes
        router = Router(self.routes)
    }

    private static func ownRoutes(
        _ settings: WebSettings,
        _ desk: any AgentDesk,
        _ instruments: Instruments
    ) -> [Route] {
        let queries = QueryRoutes(desk, settings.queries, instruments)
        return queries.routes + StatusRoutes(desk, queries.gate, instruments).routes + RuleRoutes(desk).routes
            + TargetRoutes(desk).routes + HealthRoutes(desk).routes
            + LifecycleRoutes(desk, allowsQuit: settings.allowsQuit).routes + PageRoutes().routes
    }

    // MARK: Answering

    public func answer(_ request: HTTPServer.Request, _ respond: @escaping @Sendable (HTTPServer.Reply) -> Void) {
        switch router.find(request.method, request.target.segments) {
        case .nothing:
            refuse(request, WebRefusal(.notFound, "there is nothing at \(request.target.path)"), respond)
        case .otherMethods(let methods):
            let names = Set(methods.map(\.rawValue) + (methods.contains(.get) ? ["HEAD"] : [])).sorted()
            let allowed = names.joined(separator: ", ")
            let refusal = WebRefusal(.methodNotAllowed, "\(request.method) is not possible here, but \(allowed)")
            refuse(request, refusal, respond, headers: [("Allow", allowed)])
        case .route(let route, let path):
            let start = MonotonicInstant.now
            Task {
                let reply = await self.reply(to: request, route, path)
                self.metrics.count(route.pattern, reply.status, MonotonicInstant.now - start)
                respond(reply)
            }
        }
    }

    private func refuse(
        _ request: HTTPServer.Request,
        _ refusal: WebRefusal,
        _ respond: @Sendable (HTTPServer.Reply) -> Void,
        headers: [(String, String)] = []
    ) {
        metrics.count("none", refusal.kind.status, .zero)
        var reply = refusal.reply(to: request)
        reply.headers += headers
        respond(reply)
    }

    private func reply(
        to request: HTTPServer.Request,
        _ route: Route,
        _ path: [String: String]
    ) async -> HTTPServer.Reply {
        var principal = Principal.anybody
        let reply: HTTPServer.Reply
        do throws(WebRefusal) {
            if route.role != .nobody { principal = try await gatekeeper.principal(of: request, for: route) }
            try gatekeeper.admit(principal, request, to: route)
            reply = try await route.handler(Call(request, principal, path: path))
        } catch {
            reply = Self.refusal(error, of: request)
        }
        if route.effect == .command {
            let entry = AuditEntry(
                principal: principal,
                peer: request.peer,
                method: request.method,
                path: request.target.path,
                status: reply.status
            )
            desk.audit(entry)
        }
        return reply
    }

    private static func refusal(_ refusal: WebRefusal, of request: HTTPServer.Request) -> HTTPServer.Reply {
        var reply = refusal.reply(to: request)
        switch refusal.kind {
        case .unauthorized:
            reply.headers.append(("WWW-Authenticate", #"Bearer realm="medic""#))
            // A browser asks for a password where it reads this; medic's page asks by itself, also for a token.
            if request.headers["x-requested-with"] == nil {
                reply.headers.append(("WWW-Authenticate", #"Basic realm="medic""#))
            }
        case .unavailable: reply.headers.append(("Retry-After", "1"))
        default: break
        }
        return reply
    }

    public func reply(to refusal: HTTPServer.Refusal) -> HTTPServer.Reply {
        metrics.count("none", refusal.status, .zero)
        let kind: WebRefusal.Kind =
            switch refusal {
            case .malformedTarget, .contradictoryHeaders, .headersTooLong: .badData
            case .bodyTooLong: .tooLarge
            case .tooManyRequests, .tookTooLong, .stopping: .unavailable
            case .noAnswer: .internal
            }
        return WebRefusal(kind, refusal.message).reply(status: refusal.status)
    }
}
