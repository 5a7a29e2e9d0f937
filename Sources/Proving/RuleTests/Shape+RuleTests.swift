import Diagnostics
import Metrics
import Rules
import YAML

extension Shape where Value == RuleTest {
    static func ruleTest(in source: SourceText, evaluationInterval: Milliseconds) -> Shape<RuleTest> {
        .structure("a test") { fields in
            let name = fields.value("name", .string, default: "")
            let interval = fields.value("interval", .milliseconds, default: .zero)
            let start = fields.optional("start_timestamp", .moment)
            let series = fields.value("input_series", .list(of: .inputSeries(in: source)), default: [])
            let alerts = fields.value("alert_rule_test", .list(of: .alertExpectation(in: source)), default: [])
            let expressions = fields.value(
                "promql_expr_test",
                .list(of: .expressionExpectation(in: source)),
                default: []
            )
            let playbooks = PlaybookStage.decode(&fields)
            let labels = fields.value("external_labels", .labelList, default: .empty)
            let url = fields.value("external_url", .string, default: "")
            return RuleTest(
                name: name,
                title: name,
                interval: interval == .zero ? evaluationInterval : interval,
                start: start ?? .epoch,
                series: series.compactMap(\.series),
                alerts: alerts,
                expressions: expressions,
                playbooks: playbooks,
                externalLabels: Labels(labels.labels),
                externalURL: url,
                problems: series.flatMap(\.problems),
                range: fields.node.range
            )
        }
    }
}

/// A series as far as it could be read.
struct DecodedSeries: Sendable {
    let series: InputSeries?
    let problems: [Diagnostic]
}

extension Shape where Value == DecodedSeries {
    static func inputSeries(in source: SourceText) -> Shape<DecodedSeries> {
        .structure("a series and its values") { fields in
            let nothing = PlacedText.empty(at: fields.node.headline)
            let description = fields.optional("series", .placedText) ?? nothing
            let values = fields.optional("values", .placedText) ?? nothing
            var found = PlacedProblems(source: source)
            let labels = found.labels(ofSeries: description)
            let items = found.values(values)
            guard let labels, let items else { return DecodedSeries(series: nil, problems: found.problems) }
            let series = InputSeries(labels: labels, values: items, range: fields.node.range)
            return DecodedSeries(series: series, problems: found.problems)
        }
    }
}

extension Shape where Value == AlertExpectation {
    static func alertExpectation(in source: SourceText) -> Shape<AlertExpectation> {
        .structure("the alerts of a name at a time") { fields in
            let time = fields.value("eval_time", .milliseconds, default: .zero)
            let name = fields.value("alertname", .string, default: "")
            let alerts = fields.value("exp_alerts", .list(of: .toldAlert), default: [])
            var found = PlacedProblems(source: source)
            if name.isEmpty {
                found.add(
                    "rule-test/no-alertname",
                    "an item under alert_rule_test misses the required attribute alertname",
                    at: fields.node.headline,
                    help: "say 'alertname: NAME'"
                )
            }
            return AlertExpectation(
                time: time,
                name: name,
                alerts: alerts.map { alert in
                    // The name is said once, above; what the labels say of it does not count.
                    ToldAlert(labels: alert.labels.setting("alertname", name), annotations: alert.annotations)
                },
                problems: found.problems,
                range: fields.node.headline
            )
        }
    }
}

extension Shape where Value == ToldAlert {
    fileprivate static var toldAlert: Shape<ToldAlert> {
        .structure("an expected alert") { fields in
            let labels = fields.value("exp_labels", .labelList, default: .empty)
            let annotations = fields.value("exp_annotations", .labelList, default: .empty)
            return ToldAlert(labels: labels, annotations: annotations)
        }
    }
}

extension Shape where Value == ExpressionExpectation {
    static func expressionExpectation(in source: SourceText) -> Shape<ExpressionExpectation> {
        .structure("what an expression yields at a time") { fields in
            let time = fields.value("eval_time", .milliseconds, default: .zero)
            let nothing = PlacedText.empty(at: fields.node.headline)
            let text = fields.optional("expr", .placedText) ?? nothing
            let samples = fields.value("exp_samples", .list(of: .toldSample(in: source)), default: [])
            var found = PlacedProblems(source: source)
            let tree = found.expression(text)
            return ExpressionExpectation(
                time: time,
                text: text,
                tree: tree,
                samples: samples.compactMap(\.sample),
                problems: found.problems + samples.flatMap(\.problems),
                range: fields.node.headline
            )
        }
    }
}

/// An expected sample as far as it could be read.
struct DecodedSample: Sendable {
    let sample: ToldSample?
    let problems: [Diagnostic]
}

extension Shape where Value == DecodedSample {
    static func toldSample(in source: SourceText) -> Shape<DecodedSample> {
        .structure("an expected sample") { fields in
            let text = fields.optional("labels", .placedText)
            let value = fields.value("value", .number, default: 0)
            let histogram = fields.optional("histogram", .placedText)
            var found = PlacedProblems(source: source)
            if let histogram, !histogram.text.isEmpty {
                found.add(
                    "rule-test/native-histogram",
                    "native histograms are not supported yet",
                    at: histogram.range,
                    help: "expect what histogram_count, histogram_sum or histogram_quantile make of it"
                )
            }
            guard let text, !text.text.isEmpty else {
                return DecodedSample(sample: ToldSample(labels: .empty, value: value), problems: found.problems)
            }
            let labels = found.labels(ofSeries: text)
            return DecodedSample(sample: labels.map { ToldSample(labels: $0, value: value) }, problems: found.problems)
        }
    }
}

extension Shape where Value == LabelList {
    /// Names and values; a value that is empty stays.
    static var labelList: Shape<LabelList> {
        Shape<[YAMLPair<String>]>.map(of: .string).map { pairs in
            LabelList(pairs.map { Label($0.key.value, $0.value) })
        }
    }
}

extension Shape where Value == Timestamp {
    /// Seconds since the epoch, or RFC 3339.
    static var moment: Shape<Timestamp> {
        let expected = "a moment such as 1609459200 or 2021-01-01T00:00:00Z"
        return Shape<String>.string.narrowed(to: expected) { text in
            // The last second of the year 9999.
            if let seconds = Double(text), seconds.magnitude <= 253_402_300_799 {
                return Timestamp(milliseconds: Int64((seconds * 1_000).rounded()))
            }
            return Timestamp(rfc3339: text)
        }
    }
}
