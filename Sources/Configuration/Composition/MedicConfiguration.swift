import Playbooks
public import YAML

/// Everything that one agent was told, put together from its layers and checked as a whole.
public struct MedicConfiguration: Sendable {
    public internal(set) var global = GlobalSettings()
    public internal(set) var scrapeJobs: [ScrapeJob] = []
    /// Patterns of files, relative to the file that names them.
    public internal(set) var ruleFiles: [FilePattern] = []
    public internal(set) var playbookFiles: [FilePattern] = []
    public internal(set) var collectors = CollectorSettings()
    public internal(set) var actions = ActionSettings()
    public internal(set) var config = ConfigTracking()
    public internal(set) var history = HistorySettings()
    public internal(set) var fleet = FleetSettings()
    public internal(set) var storage = StorageSettings()
    public internal(set) var web = WebSettings()
    public internal(set) var log = LogSettings()
    /// Who is told, and how.
    public internal(set) var notifications = NotificationSettings.silent
    /// Files of templates that the texts of receivers use.
    public internal(set) var templateFiles: [FilePattern] = []
    /// Which Alertmanagers are told as well.
    public internal(set) var forwarding = ForwardingSettings()
    /// Who may be asked instead of this host's own samples.
    public internal(set) var datasources: [DatasourceSettings] = []
    /// Who gets every sample as well.
    public internal(set) var remoteWrites: [RemoteWriteSettings] = []

    /// What holds where a file says nothing.
    public init() {}

    /// What somebody reads of what is scraped, where only that is kept.
    public private(set) var demand: MetricDemand?

    /// Keeps of what is scraped only what somebody reads.
    public mutating func keepOnly(_ demand: MetricDemand) {
        self.demand = demand
        for place in scrapeJobs.indices { scrapeJobs[place].scraping.demand = demand }
    }

    /// What holds for an agent without a file.
    public static var standard: MedicConfiguration {
        var configuration = MedicConfiguration()
        configuration.collectors = .standard
        // Nobody has permitted anything: what would be done is recorded, so that it can be judged before it is.
        configuration.actions.healing.ceiling = .observe
        return configuration
    }
}

/// A pattern of paths and the folder from which it counts.
public struct FilePattern: Sendable, Hashable {
    public let pattern: Placed<String>
    /// The file that says so, which problems with the pattern point into.
    public let layer: Int

    /// The pattern as an absolute path or one relative to the current folder.
    public func path(from folder: String) -> String {
        if pattern.value.hasPrefix("/") || folder.isEmpty { return pattern.value }
        return folder + "/" + pattern.value
    }
}
