import Diagnostics
public import Metrics
import PromQL
public import YAML

extension Shape where Value == RuleGroup {
    static func ruleGroup(in source: SourceText) -> Shape<RuleGroup> {
        .structure("a rule group") { fields in
            let name = fields.required("name", .placedName)
            let interval = fields.optional("interval", .milliseconds)
            let offset = fields.optional("query_offset", .milliseconds)
            // Prometheus takes a limit below zero for none.
            let limit = Swift.max(0, fields.value("limit", .integer(in: Int.min...Int.max), default: 0))
            let labels = fields.value("labels", .labelTemplates(in: source), default: [])
            let onChange = fields.value("evaluate", .choice(["on_change": true, "interval": false]), default: false)
            let datasource = fields.optional("datasource", .datasource)
            if onChange, datasource != nil {
                fields.refuse(
                    "rules/nothing-changes",
                    "a group that is asked of a datasource cannot be evaluated 'on_change'",
                    at: "evaluate",
                    help: "only this host's own samples tell when they change: give the group an 'interval'"
                )
            }
            let rules = fields.value("rules", .list(of: .rule(in: source)), default: [])
            guard let name else { return nil }
            return RuleGroup(
                name: name,
                interval: interval,
                queryOffset: offset,
                limit: limit,
                labels: labels,
                evaluatesOnChange: onChange,
                datasource: datasource,
                rules: rules,
                range: fields.node.range
            )
        }
    }
}

extension Shape where Value == Rule {
    static func rule(in source: SourceText) -> Shape<Rule> {
        .structure("a rule") { fields in
            let kind = fields.exactlyOne(of: ["record", "alert"])
            let expression = fields.required("expr", .expression(in: source))
            let labels = fields.value("labels", .labelTemplates(in: source), default: [])
            let decoded: Rule.Kind? =
                switch kind {
                case "record": recording(&fields)
                case "alert": alerting(&fields, in: source)
                default: leftovers(&fields)
                }
            guard let expression, let decoded else { return nil }
            return Rule(kind: decoded, expression: expression, labels: labels, range: fields.node.range)
        }
    }

    private static let alertingKeys = [
        "for", "keep_firing_for", "for_tolerates", "clear_when", "annotations",
    ]

    private static func recording(_ fields: inout Fields) -> Rule.Kind? {
        for key in alertingKeys {
            fields.unsupported(key, because: "it belongs to alerting rules, and this rule records")
        }
        guard let name = fields.required("record", .placedName) else { return nil }
        if name.value.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) {
            fields.refuse(
                "rules/bad-name",
                "braces in the name of the recorded metric: \(name.value)",
                at: name.range,
                help: "write labels under 'labels', or move the selector to 'expr'"
            )
        }
        return .recording(name: name)
    }

    private static func alerting(_ fields: inout Fields, in source: SourceText) -> Rule.Kind? {
        let name = fields.required("alert", .placedName)
        let hold = fields.optional("for", Shape<Milliseconds>.milliseconds.placed)
        let keepFiring = fields.value("keep_firing_for", .milliseconds, default: .zero)
        let misses = fields.value("for_tolerates", .integer(in: 0...1_000), default: 0)
        let clearWhen = fields.optional("clear_when", .expression(in: source))
        let annotations = fields.value("annotations", .labelTemplates(in: source), default: [])
        guard let name else { return nil }
        return .alerting(
            AlertingRule(
                name: name,
                hold: hold,
                keepFiring: keepFiring,
                toleratedMisses: misses,
                clearWhen: clearWhen,
                annotations: annotations
            )
        )
    }

    /// Neither or both of the two kinds: the other keys are known all the same, so that only the mistake itself is told.
    private static func leftovers(_ fields: inout Fields) -> Rule.Kind? {
        for key in alertingKeys {
            _ = fields.entry(key)
        }
        return nil
    }
}

extension Shape where Value == RuleExpression {
    /// A PromQL expression; what is wrong inside it is told at its place in the file.
    static func expression(in source: SourceText) -> Shape<RuleExpression> {
        Shape("a PromQL expression") { node, problems in
            guard let text = Shape<PlacedText>.placedText.decode(node, problems) else { return nil }
            do throws(ParseError) {
                return RuleExpression(text: text, tree: try parse(text.text))
            } catch {
                for problem in error.diagnostics(in: SourceText(text: text.text)) {
                    problems.add(text.placed(problem, in: source))
                }
                return nil
            }
        }
    }
}

extension Shape where Value == [LabelTemplate] {
    /// The entries of `labels` and `annotations`.
    static func labelTemplates(in source: SourceText) -> Shape<[LabelTemplate]> {
        let pairs = Shape<[YAMLPair<PlacedText>]>.map(of: .placedText)
        return Shape(pairs.expectation) { node, problems in
            guard let decoded = pairs.decode(node, problems) else { return nil }
            for pair in decoded where pair.key.value.isEmpty || pair.key.value == Labels.metricName {
                problems.error(
                    "rules/bad-label",
                    "invalid label name: \(Labels.quoted(pair.key.value))",
                    at: pair.key.range
                )
            }
            return decoded.map { LabelTemplate(name: $0.key, text: $0.value) }
        }
    }
}

extension Shape where Value == Milliseconds {
    /// Prometheus's notation of durations: `30s`, `1h30m`, `0`.
    public static var milliseconds: Shape<Milliseconds> {
        Shape("a duration such as 30s, 5m or 1h30m") { node, problems in
            let expected = "a duration such as 30s, 5m or 1h30m"
            guard let text = node.scalar?.text, !node.isNull else {
                problems.wrongType(node, expected: expected)
                return nil
            }
            if let span = try? Milliseconds(promQL: text) { return span }
            let isBare = (try? Milliseconds(promQL: text + "s")) != nil
            problems.wrongValue(node, expected: expected, help: isBare ? "write \(text)s for seconds" : nil)
            return nil
        }
    }
}

extension Shape where Value == Placed<String> {
    /// Who answers a group: a name, or an address, in which credentials have no place since rule files are shown.
    static var datasource: Shape<Placed<String>> {
        let shape = Shape<String>.nonEmptyString
        return shape.narrowed(
            to:
                "an address such as http://mimir:9009/prometheus, or the name of one of the configuration's 'datasources'",
            help: "credentials belong into 'datasources' of the configuration"
        ) { text in
            guard let mark = text.firstRange(of: "://") else { return text }
            let host = text[mark.upperBound...].prefix { $0 != "/" }
            let isWeb = ["http", "https"].contains(text[..<mark.lowerBound])
            return isWeb && !host.isEmpty && !host.contains("@") ? text : nil
        }.placed
    }

    /// A name: a text that is not empty.
    static var placedName: Shape<Placed<String>> { Shape<String>.nonEmptyString.placed }
}
