public import Diagnostics
import YAML

extension MedicConfiguration {
    /// Puts the layers together, in their order. Everything that is wrong in any of them is told in `diagnostics`; the configuration is nil
    /// when something is.
    public static func read(
        _ layers: [SourceText],
        references: ReferenceLookup
    ) -> (configuration: MedicConfiguration?, diagnostics: [Diagnostic]) {
        var composer = Composer()
        if layers.isEmpty { return (.standard, []) }
        for (number, source) in layers.enumerated() {
            composer.add(source, number: number, references)
        }
        return composer.finish()
    }

    private struct Composer {
        private var configuration = MedicConfiguration()
        private var diagnostics: [Diagnostic] = []
        private var isSound = true
        /// Which sections have been given, and where.
        private var given: [String: String] = [:]
        private var jobs: [String: String] = [:]

        mutating func add(_ source: SourceText, number: Int, _ references: ReferenceLookup) {
            let problems = Problems(in: source)
            if let layer = Self.decode(
                source,
                former: given["global"] == nil ? nil : configuration.global,
                references,
                problems
            ) {
                take(layer, number: number, problems)
            } else {
                isSound = false
            }
            if problems.hasErrors { isSound = false }
            diagnostics += problems.diagnostics
        }

        func finish() -> (MedicConfiguration?, [Diagnostic]) {
            (isSound ? configuration : nil, diagnostics)
        }

        private static func decode(
            _ source: SourceText,
            former: GlobalSettings?,
            _ references: ReferenceLookup,
            _ problems: Problems
        ) -> ConfigurationLayer? {
            guard let document = YAMLDocument(source, problems: problems) else { return nil }
            let resolved = document.resolvingReferences(references, problems)
            return ConfigurationLayer(resolved, former: former, problems)
        }

        private mutating func take(_ layer: ConfigurationLayer, number: Int, _ problems: Problems) {
            section("global", layer.global, \.global, problems)
            section("collectors", layer.collectors, \.collectors, problems)
            section("actions", layer.actions, \.actions, problems)
            section("config", layer.config, \.config, problems)
            section("history", layer.history, \.history, problems)
            section("storage", layer.storage, \.storage, problems)
            section("web", layer.web, \.web, problems)
            section("log", layer.log, \.log, problems)
            configuration.ruleFiles += layer.ruleFiles.map { FilePattern(pattern: $0, layer: number) }
            configuration.playbookFiles += layer.playbookFiles.map { FilePattern(pattern: $0, layer: number) }
            for job in layer.scrapeJobs { take(job, problems) }
        }

        /// A section is given in one file only: what holds must not depend on the order of files.
        private mutating func section<Value>(
            _ name: String,
            _ value: Placed<Value>?,
            _ path: WritableKeyPath<MedicConfiguration, Value>,
            _ problems: Problems
        ) {
            guard let value else { return }
            let place = Self.place(of: value.range, problems)
            if let former = given[name] {
                problems.error(
                    "config/repeated-section",
                    "the section '\(name)' is given twice",
                    at: value.range.lowerBound..<value.range.lowerBound + 1,
                    help: "it was given at \(former) already: put both into one file"
                )
                return
            }
            given[name] = place
            configuration[keyPath: path] = value.value
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

        private static func place(of range: Range<Int>, _ problems: Problems) -> String {
            let place = problems.source.place(of: range.lowerBound)
            return "\(problems.source.name ?? "configuration"):\(place.line)"
        }
    }
}
