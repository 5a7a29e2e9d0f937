import Alerting
import Diagnostics
import YAML

/// One file of the configuration: the sections it has. What a section says is complete in one file; lists may go on in the next.
struct ConfigurationLayer {
    var number = 0
    var global: Placed<LayerGlobals>?
    var scrapeJobs: [ScrapeJob] = []
    var ruleFiles: [Placed<String>] = []
    var playbookFiles: [Placed<String>] = []
    var collectors: Placed<CollectorSettings>?
    var actions: Placed<ActionSettings>?
    var config: Placed<ConfigTracking>?
    var history: Placed<HistorySettings>?
    var fleet: Placed<FleetSettings>?
    var storage: Placed<StorageSettings>?
    var web: Placed<WebSettings>?
    var log: Placed<LogSettings>?
    var notifications = WrittenNotifications()
    var forwarding: Placed<ForwardingSettings>?
    var datasources: [DatasourceSettings] = []
    var remoteWrites: [Placed<RemoteWriteSettings>] = []

    init() {}

    /// Reads one file. All that is wrong is told; nil where something was. `former` are the global settings of an earlier layer, which
    /// this one's jobs and receivers inherit.
    init?(
        _ document: YAMLDocument,
        former: LayerGlobals?,
        zones: @escaping TimeZoneSource,
        _ problems: Problems
    ) {
        let shape = Shape<ConfigurationLayer>.structure("a configuration") { fields in
            ConfigurationLayer(&fields, former: former, zones)
        }
        guard let layer = document.decode(shape, problems: problems), !problems.hasErrors else { return nil }
        self = layer
    }

    private init(_ fields: inout Fields, former: LayerGlobals?, _ zones: @escaping TimeZoneSource) {
        global = fields.optional("global", LayerGlobals.shape.placed)
        let inherited = global?.value ?? former ?? LayerGlobals()
        let jobs = Shape<[ScrapeJob]>.list(of: ScrapeJob.shape(within: inherited.perceiving))
        scrapeJobs = fields.value("scrape_configs", jobs, default: [])
        ruleFiles = fields.value("rule_files", .list(of: Shape<String>.nonEmptyString.placed), default: [])
        playbookFiles = fields.value("playbook_files", .list(of: Shape<String>.nonEmptyString.placed), default: [])
        collectors = fields.optional("collectors", CollectorSettings.shape.placed)
        actions = fields.optional("actions", ActionSettings.shape.placed)
        config = fields.optional("config", ConfigTracking.shape.placed)
        history = fields.optional("history", HistorySettings.shape.placed)
        fleet = fields.optional("fleet", FleetSettings.shape.placed)
        storage = fields.optional("storage", StorageSettings.shape.placed)
        web = fields.optional("web", WebSettings.shape.placed)
        log = fields.optional("log", LogSettings.shape.placed)
        notifications = WrittenNotifications(&fields, defaults: inherited.notifying, zones: zones)
        forwarding = fields.optional("alerting", ForwardingSettings.shape.placed)
        datasources = fields.value("datasources", .list(of: DatasourceSettings.shape), default: [])
        remoteWrites = fields.value("remote_write", .list(of: RemoteWriteSettings.shape), default: [])
        fields.refuseForeignSections()
    }
}

extension Fields {
    /// Sections of Prometheus's file that mean nothing here are told by name.
    fileprivate mutating func refuseForeignSections() {
        unsupported("tracing", because: "medic sends no traces")
        unsupported("remote_read", because: "queries are answered from this host's own samples")
        unsupported("scrape_config_files", because: "put jobs into files of medic.d")
        unsupported("otlp", because: "medic takes no OTLP")
        unsupported("runtime", because: "it tunes the runtime of another program")
    }
}
