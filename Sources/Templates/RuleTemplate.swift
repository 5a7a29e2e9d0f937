/// A label or annotation of a rule: a template with the variables Prometheus declares before it.
public struct RuleTemplate: Sendable {
    /// The outcome of an expansion. The text is what Prometheus would put in place, error or not.
    public struct Expansion: Sendable {
        public let text: String
        public let error: TemplateError?
    }

    /// What the template sees.
    public struct Input: Sendable {
        public var labels: [(name: String, value: String)]
        public var externalLabels: [(name: String, value: String)]
        public var externalURL: String
        public var value: Double

        public init(
            labels: [(name: String, value: String)],
            value: Double,
            externalLabels: [(name: String, value: String)] = [],
            externalURL: String = ""
        ) {
            self.labels = labels
            self.value = value
            self.externalLabels = externalLabels
            self.externalURL = externalURL
        }
    }

    public let template: Template
    // A text without actions is most of them, and is its own expansion.
    private let plain: String?

    // Prometheus puts the declarations before the text, and so counts columns of the first line from there.
    static let preamble = [
        ("$labels", "Labels"), ("$externalLabels", "ExternalLabels"), ("$externalURL", "ExternalURL"),
        ("$value", "Value"),
    ]
    private static let preambleLength = preamble.reduce(0) {
        $0 + "{{ := .}}".utf8.count + $1.0.utf8.count + $1.1.utf8.count
    }
    private static let dataType = TemplateType(
        "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }"
    )

    /// Reads the text of a label or annotation. Prometheus names it `__alert_` and the alert.
    public init(_ text: String, name: String, limits: TemplateLimits = TemplateLimits()) throws(TemplateError) {
        template = try Template.parse(text, name: name, variables: Self.preamble.map(\.0), limits: limits)
        plain = text.utf8.contains(UInt8(ascii: "{")) ? nil : text
    }

    /// Expands the template. A failure becomes part of the text, as the receiver of an alert should see it.
    public func expand(_ input: Input, context: TemplateContext) -> Expansion {
        if let plain { return Expansion(text: plain, error: nil) }
        let labels = Self.map(input.labels)
        let externalLabels = Self.map(input.externalLabels)
        let url = TemplateValue.string(input.externalURL)
        let values = [labels, externalLabels, url, .float(input.value)]
        let fields = zip(Self.preamble, values).map { (name: $0.1, value: $1) }
        do {
            let data = TemplateValue.record(TemplateRecord(fields, type: Self.dataType))
            return Expansion(text: try template.execute(data: data, values: values, context: context), error: nil)
        } catch {
            return Expansion(text: Self.placeholder(for: error), error: error)
        }
    }

    /// What stands for an expansion that failed.
    public static func placeholder(for error: TemplateError) -> String {
        let phase = error.phase == .parsing ? "parsing" : "executing"
        let text = error.description(columnShift: preambleLength)
        return "<error expanding template: error \(phase) template \(error.name): \(text)>"
    }

    private static func map(_ labels: [(name: String, value: String)]) -> TemplateValue {
        .map(TemplateMap(texts: labels.map { (key: $0.name, value: $0.value) }))
    }
}
