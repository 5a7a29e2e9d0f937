public import Metrics

/// A function that templates can call, or a method, which takes its value as first argument.
public struct TemplateFunction: Sendable {
    /// What an argument must be. Anything else is refused before the function runs.
    public enum Parameter: Sendable {
        case any
        case text
        case integer
        case float
        case texts
        case time
        case duration
        /// A list, map or record of the type with this name.
        case named(String)

        /// Go's name of the type.
        var typeName: String {
            switch self {
            case .any: "interface {}"
            case .text: "string"
            case .integer: "int"
            case .float: "float64"
            case .texts: "[]string"
            case .time: "time.Time"
            case .duration: "time.Duration"
            case .named(let name): name
            }
        }
    }

    public typealias Body =
        @Sendable (_ arguments: [TemplateValue], _ context: TemplateContext) throws(TemplateFailure) -> TemplateValue

    enum Action: Sendable {
        case call(Body)
        /// Stops at the first argument that decides.
        case and
        case or
        /// Carries out the template that the first argument names, with the second as its data.
        case template
    }

    let parameters: [Parameter]
    /// What any further arguments must be; nil when there can be none.
    let rest: Parameter?
    let action: Action

    public init(_ parameters: Parameter..., rest: Parameter? = nil, body: @escaping Body) {
        self.init(parameters, rest: rest, action: .call(body))
    }

    init(_ parameters: [Parameter], rest: Parameter? = nil, action: Action) {
        self.parameters = parameters
        self.rest = rest
        self.action = action
    }
}

/// The functions a template may call, by name.
public struct TemplateFunctions: Sendable {
    let table: [String: TemplateFunction]

    public init(_ table: [String: TemplateFunction]) {
        self.table = table
    }

    /// These functions and others; where names are the same, the others.
    public func adding(_ others: [String: TemplateFunction]) -> TemplateFunctions {
        TemplateFunctions(table.merging(others) { $1 })
    }

    public subscript(name: String) -> TemplateFunction? { table[name] }

    /// The names, sorted.
    public var names: [String] { table.keys.sorted() }
}

/// What functions know of the world outside the template.
public struct TemplateContext {
    /// Evaluates an expression at a time, for `query`.
    public var query: (_ expression: String, _ time: Timestamp) throws(TemplateFailure) -> [TemplateSample]
    /// When the template is carried out.
    public var now: Timestamp
    /// Where this agent can be reached from outside.
    public var externalURL: String
    /// The zone of a name (`Europe/Berlin`) at a moment, for `tz`.
    public var timeZone: (_ name: String, _ time: TemplateTime) -> TemplateTime.Zone?
    public var limits: TemplateLimits

    public init(
        now: Timestamp = .epoch,
        externalURL: String = "",
        limits: TemplateLimits = TemplateLimits(),
        query: @escaping (_ expression: String, _ time: Timestamp) throws(TemplateFailure) -> [TemplateSample] = Self
            .noQuery,
        timeZone: @escaping (_ name: String, _ time: TemplateTime) -> TemplateTime.Zone? = Self.onlyUTC
    ) {
        self.now = now
        self.externalURL = externalURL
        self.limits = limits
        self.query = query
        self.timeZone = timeZone
    }

    public static func noQuery(_: String, _: Timestamp) throws(TemplateFailure) -> [TemplateSample] {
        throw TemplateFailure("no expressions can be evaluated here")
    }

    public static func onlyUTC(_ name: String, _: TemplateTime) -> TemplateTime.Zone? {
        name == "UTC" || name.isEmpty ? .utc : nil
    }
}

/// One element of the answer to a query.
public struct TemplateSample: Sendable {
    public let labels: [(name: String, value: String)]
    public let value: Double

    public init(labels: [(name: String, value: String)], value: Double) {
        self.labels = labels
        self.value = value
    }

    static let type = TemplateType("*template.sample")
    static let listType = TemplateType("template.queryResult")

    var templateValue: TemplateValue {
        let map = TemplateMap(texts: labels.map { (key: $0.name, value: $0.value) })
        return .record(TemplateRecord([("Labels", .map(map)), ("Value", .float(value))], type: Self.type))
    }
}
