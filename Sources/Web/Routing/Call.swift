import Answers
import EventLoop
public import HTTPServer
public import Metrics
import PromQL

/// A request on its way to the one who answers it: decoded, and with somebody behind it.
public struct Call: Sendable {
    public let request: HTTPServer.Request
    public let principal: Principal
    /// The parameters of the body's form, then those of the query.
    public let parameters: [RequestTarget.Parameter]
    private let path: [String: String]

    init(
        _ request: HTTPServer.Request,
        _ principal: Principal,
        path: [String: String]
    ) throws(WebRefusal) {
        self.request = request
        self.principal = principal
        self.path = path
        var parameters: [RequestTarget.Parameter] = []
        let type = request.headers["content-type"]?.split(separator: ";").first?.lowercased() ?? ""
        if type.filter({ $0 != " " }) == "application/x-www-form-urlencoded" {
            guard let form = RequestTarget.parameters(ofForm: request.body) else {
                throw WebRefusal(.badData, "error parsing form values: percent escapes and UTF-8 are expected")
            }
            parameters = form
        }
        self.parameters = parameters + request.target.query
    }

    /// The part of the path that the route calls so.
    public func part(_ name: String) -> String { path[name] ?? "" }

    /// The first value of a parameter; nil when it is missing or empty, which mean the same to Prometheus.
    public func value(_ name: String) -> String? {
        parameters.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// All values of a parameter that may be repeated.
    public func values(_ name: String) -> [String] {
        parameters.filter { $0.name == name }.map(\.value)
    }

    /// A moment; nil when the parameter is missing.
    public func time(_ name: String) throws(WebRefusal) -> Timestamp? {
        guard let text = value(name) else { return nil }
        guard let time = QueryParameter.time(text) else {
            throw .badParameter(name, "cannot parse \(Labels.quoted(text)) to a valid timestamp")
        }
        return time
    }

    /// A moment that must be there.
    func requiredTime(_ name: String) throws(WebRefusal) -> Timestamp {
        guard let time = try time(name) else {
            throw .badParameter(name, "cannot parse \"\" to a valid timestamp")
        }
        return time
    }

    /// A span of time; nil when the parameter is missing.
    public func span(_ name: String) throws(WebRefusal) -> Milliseconds? {
        guard let text = value(name) else { return nil }
        guard let span = QueryParameter.step(text) else {
            throw .badParameter(name, "cannot parse \(Labels.quoted(text)) to a valid duration")
        }
        return span
    }

    /// A number of things; nil when the parameter is missing or 0, which means no limit.
    public func limit(_ name: String = "limit") throws(WebRefusal) -> Int? {
        guard let text = value(name) else { return nil }
        guard let limit = Int(text) else {
            throw .badParameter(name, "cannot parse \(Labels.quoted(text)) to a valid number")
        }
        guard limit >= 0 else { throw .badParameter(name, "limit must be non-negative") }
        return limit == 0 ? nil : limit
    }

    public func flag(_ name: String) throws(WebRefusal) -> Bool {
        switch value(name)?.lowercased() {
        case nil, "false", "0", "f": false
        case "true", "1", "t": true
        case let text?: throw .badParameter(name, "cannot parse \(Labels.quoted(text)) to true or false")
        }
    }

    /// The selectors of `match[]`, each a list of conditions.
    public func selectors(_ name: String = "match[]") throws(WebRefusal) -> [[LabelMatcher]] {
        var selectors: [[LabelMatcher]] = []
        for text in values(name) {
            let matchers: [LabelMatcher]
            do throws(ParseError) {
                matchers = try parseSelector(text)
            } catch {
                throw .badParameter(name, error.description(in: text))
            }
            // One that takes everything is a slip that would list the whole store.
            guard matchers.contains(where: { !$0.matches("") }) else {
                throw .badParameter(name, "match[] must contain at least one non-empty matcher")
            }
            selectors.append(matchers)
        }
        return selectors
    }
}

/// The moment of now, as samples carry it.
extension Timestamp {
    static var now: Timestamp { Timestamp(milliseconds: WallClock.now) }
}
