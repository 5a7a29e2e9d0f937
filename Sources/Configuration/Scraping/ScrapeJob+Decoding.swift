import HTTPSettings
import Metrics
import Relabelling
import Rules
public import YAML

extension ScrapeJob {
    /// One entry of `scrape_configs`, with what `global` says filled in.
    public static func shape(within global: GlobalSettings) -> Shape<ScrapeJob> {
        .structure("a scrape job") { fields in
            let name = fields.required("job_name", Shape<String>.nonEmptyString.placed)
            var settings = ScrapeSettings(job: name?.value ?? "", within: global)
            settings.readTimes(&fields, within: global)
            settings.readRequest(&fields)
            settings.readSamples(&fields, within: global)
            let discovery = DiscoverySettings(&fields, hasRelabelling: !settings.targetRelabelling.isEmpty)
            guard let name else { return nil }
            return ScrapeJob(name: name, scraping: settings, discovery: discovery)
        }
    }

    /// A job built from its parts, for those that have no file.
    public init(_ scraping: ScrapeSettings, discovery: DiscoverySettings) {
        self.init(name: Placed(scraping.job, range: 0..<0), scraping: scraping, discovery: discovery)
    }
}

extension ScrapeSettings {
    fileprivate mutating func readTimes(_ fields: inout Fields, within global: GlobalSettings) {
        if let given = fields.optional("scrape_interval", .milliseconds), given > .zero { interval = given }
        let given = fields.optional("scrape_timeout", .milliseconds)
        timeout = min(global.scrapeTimeout, interval)
        guard let given, given > .zero else { return }
        timeout = given
        if given > interval {
            fields.refuse(
                "scrape/timeout-above-interval",
                "scrape timeout greater than scrape interval for scrape config with job name \(Labels.quoted(job))",
                at: "scrape_timeout",
                help: "the interval is \(interval.promQLText)"
            )
        }
    }

    fileprivate mutating func readRequest(_ fields: inout Fields) {
        scheme = fields.value("scheme", .choice(["http": "http", "https": "https"]), default: "http")
        metricsPath = fields.value("metrics_path", .string, default: "/metrics")
        let pairs = fields.value("params", .map(of: .list(of: .string)), default: [])
        parameters = pairs.map { Parameter(name: $0.key.value, values: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        acceptsCompression = fields.value("enable_compression", .boolean, default: true)
        client = HTTPClientSettings(&fields)
        client.unixSocket = fields.optional("unix_socket", .filePath)
    }

    fileprivate mutating func readSamples(_ fields: inout Fields, within global: GlobalSettings) {
        honorsLabels = fields.value("honor_labels", .boolean, default: false)
        honorsTimestamps = fields.value("honor_timestamps", .boolean, default: true)
        tracksTimestampsStaleness = fields.value("track_timestamps_staleness", .boolean, default: false)
        protocols = fields.value("scrape_protocols", .scrapeProtocols, default: global.protocols)
        fallback = fields.optional("fallback_scrape_protocol", .choice)
        nameEscaping = NameEscaping(&fields, orElse: global.nameEscaping)
        limits = ScrapeLimits(&fields, orElse: global.limits)
        hasExtraMetrics = fields.value("extra_scrape_metrics", .boolean, default: global.hasExtraMetrics)
        targetRelabelling = fields.value("relabel_configs", .relabelRules, default: RelabelRules())
        metricRelabelling = fields.value("metric_relabel_configs", .relabelRules, default: RelabelRules())
        fields.refuseNativeHistograms()
        // They bound what is never read.
        _ = fields.optional("native_histogram_bucket_limit", .integer(in: 0...Int.max))
        _ = fields.optional("native_histogram_min_bucket_factor", .number)
    }
}
