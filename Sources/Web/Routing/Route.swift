public import HTTPServer

/// What somebody may do, each role more than the one before.
public enum Role: Int, Sendable, Hashable, Comparable {
    case nobody
    case reader
    case `operator`

    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
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
    /// Whether asking changes the state of the agent. Such requests must come from medic's own page or from no page at
    /// all, and are audited.
    public let isChange: Bool
    let parts: [Part]
    let handler: Handler

    /// A question.
    public init(_ methods: [Method], _ pattern: String, for role: Role = .reader, _ handler: @escaping Handler) {
        self.init(methods, pattern, role, isChange: false, handler)
    }

    /// A command: needs an operator.
    public static func command(_ methods: [Method], _ pattern: String, _ handler: @escaping Handler) -> Route {
        Route(methods, pattern, .operator, isChange: true, handler)
    }

    private init(
        _ methods: [Method],
        _ pattern: String,
        _ role: Role,
        isChange: Bool,
        _ handler: @escaping Handler
    ) {
        self.methods = methods
        self.pattern = pattern
        self.role = role
        self.isChange = isChange
        self.handler = handler
        parts = pattern.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .text(String(part))
        }
    }
}
