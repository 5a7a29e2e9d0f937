public import HTTPSettings
public import Metrics
import Rules
public import YAML

/// A server that speaks Prometheus's query API and is asked for the rule groups that name it: a Prometheus, Thanos, Mimir, VictoriaMetrics.
public struct DatasourceSettings: Hashable, Sendable {
    /// A parameter that goes along with every query, such as `partial_response` of Thanos.
    public struct Parameter: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    /// What rule groups call it.
    public var name: Placed<String>
    /// What stands before `/api/v1/query`, without a slash at its end.
    public var url: String
    /// How long one query may take, all included.
    public var timeout = Milliseconds.seconds(30)
    public var parameters: [Parameter] = []
    public var client = HTTPClientSettings()

    private init(name: Placed<String>, url: String) {
        self.name = name
        self.url = Self.trimmed(url)
    }

    public static var shape: Shape<DatasourceSettings> {
        .structure("a datasource") { fields in
            let name = fields.required("name", Shape<String>.nonEmptyString.placed)
            let url = fields.required("url", .httpURL)
            let timeout = fields.value("timeout", .milliseconds, default: .seconds(30))
            let pairs = fields.value("params", .map(of: .list(of: .string)), default: [])
            let client = HTTPClientSettings(&fields)
            if timeout <= .zero {
                fields.refuse("yaml/bad-value", "a timeout of nothing: no query would ever be answered", at: "timeout")
            }
            guard let name, let url else { return nil }
            var settings = DatasourceSettings(name: name, url: url)
            settings.timeout = timeout
            settings.parameters = pairs.flatMap { pair in pair.value.map { Parameter(name: pair.key.value, value: $0) }
            }
            settings.client = client
            return settings
        }
    }

    /// What a rule group means: one of these by its name or its address, or any address at all, which is then asked without credentials.
    /// Nil for a name that nobody has.
    public static func named(_ text: Placed<String>, among all: [DatasourceSettings]) -> DatasourceSettings? {
        let word = trimmed(text.value)
        if let known = all.first(where: { $0.name.value.utf8.elementsEqual(text.value.utf8) }) { return known }
        if let known = all.first(where: { $0.url.utf8.elementsEqual(word.utf8) }) { return known }
        guard word.utf8.starts(with: "http://".utf8) || word.utf8.starts(with: "https://".utf8) else { return nil }
        return DatasourceSettings(name: Placed(word, range: text.range), url: word)
    }

    private static func trimmed(_ url: String) -> String {
        var rest = Substring(url)
        while rest.utf8.last == UInt8(ascii: "/") { rest.removeLast() }
        return String(rest)
    }

    /// Where it stands in its file means nothing.
    public static func == (left: Self, right: Self) -> Bool {
        left.name.value == right.name.value && left.url == right.url && left.timeout == right.timeout
            && left.parameters == right.parameters && left.client == right.client
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name.value)
        hasher.combine(url)
    }
}
