public import HTTPServer

/// What somebody may do.
public enum Role: Sendable, Hashable {
    case nobody
    /// May tell of alerts, and learns nothing.
    case sender
    case reader
    case `operator`

    /// Whether it may do what needs the other role: an operator may do everything.
    func covers(_ needed: Role) -> Bool { self == needed || self == .operator || needed == .nobody }
}

/// One thing that can be asked for: a path, how, by whom, and who answers.
public struct Route: Sendable {
    public enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public typealias Handler = @Sendable (Call) async throws(WebRefusal) -> HTTPServer.Reply

    enum Part: Sendable, Hashable {
        case text(String)
        case parameter(String)
    }

    public let methods: [Method]
    /// The path, with `{name}` for a part that may be anything: `/api/v1/label/{name}/values`.
    public let pattern: String
    /// The least role that may ask. Nobody's role is for what must answer before anybody can be known.
    public let role: Role
    /// What asking does to the agent.
    enum Effect: Sendable, Hashable {
        case none
        /// News for it: not from another site's page.
        case message
        /// Another state of it: from medic's own page or from no page at all, under a name that is its own, and audited.
        case command
    }

    let effect: Effect
    /// Whether asking changes the state of the agent.
    public var isChange: Bool { effect == .command }
    let parts: [Part]
    let handler: Handler

    /// A question.
    public init(_ methods: [Method], _ pattern: String, for role: Role = .reader, _ handler: @escaping Handler) {
        self.init(methods, pattern, role, .none, handler)
    }

    /// News from a sender of alerts.
    public static func message(_ methods: [Method], _ pattern: String, _ handler: @escaping Handler) -> Route {
        Route(methods, pattern, .sender, .message, handler)
    }

    /// A command: needs an operator.
    public static func command(_ methods: [Method], _ pattern: String, _ handler: @escaping Handler) -> Route {
        Route(methods, pattern, .operator, .command, handler)
    }

    private init(
        _ methods: [Method],
        _ pattern: String,
        _ role: Role,
        _ effect: Effect,
        _ handler: @escaping Handler
    ) {
        self.methods = methods
        self.pattern = pattern
        self.role = role
        self.effect = effect
        self.handler = handler
        parts = pattern.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .text(String(part))
        }
    }
}
