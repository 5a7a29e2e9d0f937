public import Metrics
import Rules
public import YAML

/// `global` of prometheus.yml: what holds for all jobs and rules that say nothing else.
public struct GlobalSettings: Hashable, Sendable {
    public var scrapeInterval = Milliseconds.minutes(1)
    public var scrapeTimeout = Milliseconds.seconds(10)
    public var evaluationInterval = Milliseconds.minutes(1)
    /// How far rules look back in time unless their group says otherwise.
    public var ruleQueryOffset = Milliseconds.zero
    /// Added to whatever leaves this host.
    public var externalLabels = Labels.empty
    public var protocols = ScrapeProtocol.standard
    public var nameEscaping = NameEscaping.allowUTF8
    public var limits = ScrapeLimits()
    /// Whether each target also gets series about its own limits.
    public var hasExtraMetrics = false

    /// What holds without a `global`.
    public init() {}

    public static var shape: Shape<GlobalSettings> {
        .structure("global settings") { fields in GlobalSettings(&fields) }
    }

    /// Reads the keys of `global` that are Prometheus's, among those that are Alertmanager's.
    public init(_ fields: inout Fields) {
        self.init()
        readTimes(&fields)
        externalLabels = fields.value("external_labels", .externalLabels, default: .empty)
        protocols = fields.value("scrape_protocols", .scrapeProtocols, default: ScrapeProtocol.standard)
        nameEscaping = NameEscaping(&fields, orElse: .allowUTF8)
        limits = ScrapeLimits(&fields)
        hasExtraMetrics = fields.value("extra_scrape_metrics", .boolean, default: false)
        fields.refuseNativeHistograms()
        fields.refuseUnsupported("query_log_file", because: "queries are not logged to a file")
        fields.refuseUnsupported("runtime", because: "it tunes the runtime of another program")
    }

    private mutating func readTimes(_ fields: inout Fields) {
        let interval = fields.optional("scrape_interval", .milliseconds)
        let timeout = fields.optional("scrape_timeout", .milliseconds)
        let evaluation = fields.optional("evaluation_interval", .milliseconds)
        ruleQueryOffset = fields.value("rule_query_offset", .milliseconds, default: .zero)
        if let interval, interval > .zero { scrapeInterval = interval }
        if let evaluation, evaluation > .zero { evaluationInterval = evaluation }
        scrapeTimeout = min(scrapeTimeout, scrapeInterval)
        guard let timeout, timeout > .zero else { return }
        if timeout > scrapeInterval {
            fields.refuse(
                "scrape/timeout-above-interval",
                "global scrape timeout greater than scrape interval",
                at: "scrape_timeout",
                help: "the interval is \(scrapeInterval.promQLText)"
            )
        }
        scrapeTimeout = timeout
    }
}

extension Fields {
    /// Names what only the binary format can carry.
    mutating func refuseNativeHistograms() {
        let reason = "it reads the text formats, which have no native histograms"
        refuseWhenOn("scrape_native_histograms", because: reason)
        refuseWhenOn("convert_classic_histograms_to_nhcb", because: reason)
        // Classic histograms are always read, so these change nothing.
        _ = optional("always_scrape_classic_histograms", .boolean)
        _ = optional("scrape_classic_histograms", .boolean)
        refuseUnsupported("scrape_failure_log_file", because: "failures of scrapes go to medic's log")
    }
}

extension NameEscaping {
    /// The two keys about names beyond plain words, which `global` and each job have alike.
    init(_ fields: inout Fields, orElse global: NameEscaping) {
        let validation = fields.optional("metric_name_validation_scheme", .choice(["utf8": true, "legacy": false]))
        if validation == false {
            fields.refuse(
                "config/unsupported",
                "'legacy' is not supported by medic: names are any text in UTF-8",
                at: "metric_name_validation_scheme"
            )
        }
        self = fields.optional("metric_name_escaping_scheme", .choice) ?? global
    }
}

extension Shape where Value == Labels {
    /// Labels written as a mapping.
    static var labels: Self {
        let pairs = Shape<[YAMLPair<String>]>.map(of: .string)
        return Shape("labels") { node, problems in
            guard let pairs = pairs.decode(node, problems) else { return nil }
            for pair in pairs where pair.key.value.isEmpty {
                problems.error("yaml/bad-value", "a label without a name", at: pair.key.range)
            }
            return Labels(pairs.map { Label($0.key.value, $0.value) })
        }
    }

    fileprivate static var externalLabels: Self {
        Shape("labels") { node, problems in
            guard let labels = Shape<Labels>.labels.decode(node, problems) else { return nil }
            if let name = labels.metricName {
                problems.error(
                    "yaml/bad-value",
                    "\(Labels.quoted(name)): __name__ is no external label",
                    at: node.headline
                )
                return nil
            }
            return labels
        }
    }
}
