import Metrics
public import PromQL

/// Why a query gets no result, with the kind of error that the API names.
public struct QueryRefusal: Error, Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case badData = "bad_data"
        case execution
        case timeout
        case canceled
        case `internal`
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// A parameter that cannot be used, in the API's words.
    public static func badParameter(_ name: String, _ reason: String) -> QueryRefusal {
        QueryRefusal(.badData, "invalid parameter \(Labels.quoted(name)): \(reason)")
    }

    public init(_ error: QueryError) {
        let kind: Kind =
            switch error {
            case .timedOut: .timeout
            case .cancelled: .canceled
            default: .execution
            }
        self.init(kind, error.description)
    }
}
