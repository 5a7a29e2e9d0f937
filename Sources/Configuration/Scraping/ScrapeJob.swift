public import HTTPSettings
public import Metrics
public import Relabelling
public import YAML

/// One entry of `scrape_configs`: where targets are found, and how they are scraped.
public struct ScrapeJob: Sendable {
    public let name: Placed<String>
    /// How its targets are scraped. While this stays equal, a reload leaves running targets alone.
    public internal(set) var scraping: ScrapeSettings
    /// Where its targets come from. While this stays equal, a reload leaves running discoveries alone.
    public let discovery: DiscoverySettings
}

/// How the targets of a job are scraped.
public struct ScrapeSettings: Hashable, Sendable {
    public var job: String
    public var interval: Milliseconds
    public var timeout: Milliseconds
    public var scheme = "http"
    public var metricsPath = "/metrics"
    /// Parts of the query, by name; sorted by name.
    public var parameters: [Parameter] = []
    public var honorsLabels = false
    public var honorsTimestamps = true
    public var tracksTimestampsStaleness = false
    public var acceptsCompression = true
    public var protocols: [ScrapeProtocol]
    /// How to read an answer whose `Content-Type` says nothing useful; nil to refuse it.
    public var fallback: ScrapeProtocol?
    public var nameEscaping: NameEscaping
    public var limits: ScrapeLimits
    public var hasExtraMetrics: Bool
    public var client = HTTPClientSettings()
    public var targetRelabelling = RelabelRules()
    public var metricRelabelling = RelabelRules()
    /// Which series are kept; nil for all of them.
    public var demand: MetricDemand?

    public struct Parameter: Hashable, Sendable {
        public let name: String
        public let values: [String]

        public init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// A job of this name, with what holds where it says nothing.
    public init(job: String, within global: GlobalSettings = GlobalSettings()) {
        self.job = job
        interval = global.scrapeInterval
        timeout = global.scrapeTimeout
        protocols = global.protocols
        nameEscaping = global.nameEscaping
        limits = global.limits
        hasExtraMetrics = global.hasExtraMetrics
    }
}
