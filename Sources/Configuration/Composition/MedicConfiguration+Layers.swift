public import Alerting
public import Diagnostics
import Metrics
import YAML

extension MedicConfiguration {
    /// Puts the layers together, in their order. Everything that is wrong in any of them is told in `diagnostics`; the configuration is nil
    /// when something is. What medic does not support of the files of others is passed over, with a warning, where that is wished for.
    public static func read(
        _ layers: [SourceText],
        references: ReferenceLookup,
        zones: @escaping TimeZoneSource,
        isLenient: Bool = false
    ) -> (configuration: MedicConfiguration?, diagnostics: [Diagnostic]) {
        var composer = Composer(zones: zones, isLenient: isLenient)
        if layers.isEmpty { return (.standard, []) }
        for (number, source) in layers.enumerated() {
            composer.add(source, number: number, references)
        }
        return composer.finish()
    }

    private struct Composer {
        let zones: TimeZoneSource
        let isLenient: Bool
        private var configuration = MedicConfiguration()
        private var globals: LayerGlobals?
        private var notifications = NotificationComposer()
        private var layers: [Problems] = []
        private var isSound = true
        /// Which sections have been given, and where.
        private var given: [String: String] = [:]
        private var jobs: [String: String] = [:]

        init(zones: @escaping TimeZoneSource, isLenient: Bool) {
            self.zones = zones
            self.isLenient = isLenient
        }

        mutating func add(_ source: SourceText, number: Int, _ references: ReferenceLookup) {
            let problems = Problems(in: source, toleratesUnsupportedKeys: isLenient)
            layers.append(problems)
            if let layer = decode(source, references, problems) {
                take(layer, number: number, problems)
            } else {
                isSound = false
            }
            if problems.hasErrors { isSound = false }
        }

        mutating func finish() -> (MedicConfiguration?, [Diagnostic]) {
            // Names are looked up in what could be read; where something could not, they would be missed in vain.
            if isSound {
                if let settings = notifications.finish() {
                    configuration.notifications = settings
                } else {
                    isSound = false
                }
            }
            return (isSound ? configuration : nil, layers.flatMap(\.diagnostics))
        }

        private func decode(
            _ source: SourceText,
            _ references: ReferenceLookup,
            _ problems: Problems
        ) -> ConfigurationLayer? {
            guard let document = YAMLDocument(source, problems: problems) else { return nil }
            let resolved = document.resolvingReferences(references, problems)
            return ConfigurationLayer(resolved, former: globals, zones: zones, problems)
        }

        private mutating func take(_ layer: ConfigurationLayer, number: Int, _ problems: Problems) {
            if let global = layer.global, once("global", global.range, problems) {
                globals = global.value
                configuration.global = global.value.perceiving
                notifications.resolve(after: global.value.notifying.resolveTimeout)
            }
            section("collectors", layer.collectors, \.collectors, problems)
            section("actions", layer.actions, \.actions, problems)
            section("config", layer.config, \.config, problems)
            section("history", layer.history, \.history, problems)
            section("fleet", layer.fleet, \.fleet, problems)
            section("storage", layer.storage, \.storage, problems)
            section("web", layer.web, \.web, problems)
            section("log", layer.log, \.log, problems)
            section("alerting", layer.forwarding, \.forwarding, problems)
            take(layer.notifications, number: number, problems)
            configuration.ruleFiles += layer.ruleFiles.map { FilePattern(pattern: $0, layer: number) }
            configuration.playbookFiles += layer.playbookFiles.map { FilePattern(pattern: $0, layer: number) }
            for job in layer.scrapeJobs { take(job, problems) }
            for datasource in layer.datasources { take(datasource, problems) }
            for written in layer.remoteWrites { take(written, problems) }
        }

        /// A section is given in one file only: what holds must not depend on the order of files.
        private mutating func section<Value>(
            _ name: String,
            _ value: Placed<Value>?,
            _ path: WritableKeyPath<MedicConfiguration, Value>,
            _ problems: Problems
        ) {
            guard let value, once(name, value.range, problems) else { return }
            configuration[keyPath: path] = value.value
        }

        private mutating func once(_ name: String, _ range: Range<Int>, _ problems: Problems) -> Bool {
            if let former = given[name] {
                problems.error(
                    "config/repeated-section",
                    "the section '\(name)' is given twice",
                    at: range.lowerBound..<range.lowerBound + 1,
                    help: "it was given at \(former) already: put both into one file"
                )
                return false
            }
            given[name] = Self.place(of: range, problems)
            return true
        }

        private mutating func take(_ written: WrittenNotifications, number: Int, _ problems: Problems) {
            if let route = written.route, !once("route", route.range, problems) { return }
            if let healing = written.healing, !once("healing_notifications", healing.range, problems) { return }
            notifications.add(written, problems)
            configuration.templateFiles += written.templates.map { FilePattern(pattern: $0, layer: number) }
        }

        private mutating func take(_ job: ScrapeJob, _ problems: Problems) {
            if let former = jobs[job.name.value] {
                problems.error(
                    "config/repeated-name",
                    "found multiple scrape configs with job name \"\(job.name.value)\"",
                    at: job.name.range,
                    help: "it was given at \(former) already"
                )
                return
            }
            jobs[job.name.value] = Self.place(of: job.name.range, problems)
            configuration.scrapeJobs.append(job)
        }

        private mutating func take(_ datasource: DatasourceSettings, _ problems: Problems) {
            let name = datasource.name
            guard isFirst(name.value, "datasource", at: name.range, problems) else { return }
            configuration.datasources.append(datasource)
        }

        private mutating func take(_ written: Placed<RemoteWriteSettings>, _ problems: Problems) {
            guard isFirst(written.value.name, "remote_write", at: written.range, problems) else { return }
            configuration.remoteWrites.append(written.value)
        }

        /// Whether nobody before had the name; told where somebody did.
        private mutating func isFirst(
            _ name: String,
            _ kind: String,
            at range: Range<Int>,
            _ problems: Problems
        ) -> Bool {
            if let former = given["\(kind) \(name)"] {
                problems.error(
                    "config/repeated-name",
                    "there is more than one \(kind) named \(Labels.quoted(name))",
                    at: range.lowerBound..<range.lowerBound + 1,
                    help: "it was given at \(former) already"
                )
                return false
            }
            given["\(kind) \(name)"] = Self.place(of: range, problems)
            return true
        }

        private static func place(of range: Range<Int>, _ problems: Problems) -> String {
            let place = problems.source.place(of: range.lowerBound)
            return "\(problems.source.name ?? "configuration"):\(place.line)"
        }
    }
}
