public import Answers
public import HTTPServer
public import JSON

/// Why a request gets no answer, in the terms of Prometheus's API.
public struct WebRefusal: Error, Sendable, Hashable {
    /// What the API calls the kind of error, and the status that goes with it.
    public enum Kind: String, Sendable, Hashable {
        case badData = "bad_data"
        case execution
        case timeout
        case canceled
        case `internal`
        case unavailable
        case notFound = "not_found"
        case notAcceptable = "not_acceptable"
        case conflict
        case tooLarge = "too_large"
        case unauthorized
        case forbidden
        case methodNotAllowed = "method_not_allowed"

        public var status: Int {
            switch self {
            case .badData: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .notAcceptable: 406
            case .conflict: 409
            case .tooLarge: 413
            case .execution: 422
            case .internal: 500
            case .timeout, .canceled, .unavailable: 503
            }
        }
    }

    public let kind: Kind
    public let message: String
    /// What the refusal is about, for programs.
    public let data: JSONValue?

    public init(_ kind: Kind, _ message: String, data: JSONValue? = nil) {
        self.kind = kind
        self.message = message
        self.data = data
    }

    /// A parameter that cannot be used, in the API's words.
    public static func badParameter(_ name: String, _ reason: String) -> WebRefusal {
        WebRefusal(QueryRefusal.badParameter(name, reason))
    }

    public init(_ refusal: QueryRefusal) {
        let kind: Kind =
            switch refusal.kind {
            case .badData: .badData
            case .execution: .execution
            case .timeout: .timeout
            case .canceled: .canceled
            case .internal: .internal
            }
        self.init(kind, refusal.message)
    }

    /// The refusal as it is sent.
    public var reply: HTTPServer.Reply { reply(status: kind.status) }

    func reply(status: Int) -> HTTPServer.Reply {
        .json(status: status) { writer in
            writer.member("status", "error")
            writer.member("errorType", kind.rawValue)
            writer.member("error", message)
            if let data { writer.member("data") { $0.value(data) } }
        }
    }
}

extension HTTPServer.Reply {
    /// One JSON object, its members written by the closure.
    public static func json(status: Int = 200, _ members: (inout JSONWriter) -> Void) -> HTTPServer.Reply {
        var writer = JSONWriter()
        writer.object(members)
        return HTTPServer.Reply(status: status, type: "application/json", body: .bytes(writer.takeBytes()))
    }

    /// A successful answer in Prometheus's shape, its data written by the closure, with warnings if there are any.
    public static func success(
        warnings: [String] = [],
        _ data: (inout JSONWriter) -> Void
    ) -> HTTPServer.Reply {
        json { writer in
            writer.member("status", "success")
            writer.member("data", data)
            if !warnings.isEmpty {
                writer.member("warnings") { writer in
                    writer.array { writer in for warning in warnings { writer.value(warning) } }
                }
            }
        }
    }
}
