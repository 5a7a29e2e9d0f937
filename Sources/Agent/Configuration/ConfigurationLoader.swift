import Actions
public import Alerting
public import Configuration
public import Diagnostics
import Files
import Glibc
import Playbooks
import Receivers
import Rules
import Templates
import YAML

/// What a set of configuration files says, read whole: the configuration and the files that it names.
struct LoadedConfiguration: Sendable {
    var configuration: MedicConfiguration
    var ruleFiles: [RuleFile]
    var playbookFiles: [PlaybookFile]
    /// What the texts of receivers use.
    var templates: NotificationTemplates
    /// The layers as they were read, for showing.
    var layers: [SourceText]
}

/// Reads the configuration and everything it names from the disk. All or nothing, with everything that is wrong.
public struct ConfigurationLoader: Sendable {
    /// `medic.yml`; nil: there is none and the defaults hold.
    let path: String?
    /// Rule files for an agent without a configuration: those that were installed.
    let standardRules: [String]
    let standardPlaybooks: [String]
    /// Whether what medic does not support of the files of others is passed over, with a warning.
    let isLenient: Bool

    public init(
        path: String?,
        standardRules: [String] = [],
        standardPlaybooks: [String] = [],
        isLenient: Bool = false
    ) {
        self.path = path
        self.isLenient = isLenient
        self.standardRules = standardRules
        self.standardPlaybooks = standardPlaybooks
    }

    /// The configuration, or nil where something is wrong with it.
    func load() -> (loaded: LoadedConfiguration?, diagnostics: [Diagnostic]) {
        var diagnostics: [Diagnostic] = []
        guard let layers = readLayers(&diagnostics) else { return (nil, diagnostics) }
        let (read, problems) = MedicConfiguration.read(
            layers,
            references: Self.lookUp,
            zones: TimeZones.rules,
            isLenient: isLenient
        )
        diagnostics += problems
        guard let configuration = read else { return (nil, diagnostics) }
        let rules = readRules(configuration, layers, &diagnostics)
        let playbooks = readPlaybooks(configuration, layers, &diagnostics)
        let (templates, texts) = readTemplates(configuration, layers, &diagnostics)
        guard let templates, !diagnostics.contains(where: { $0.severity == .error }) else { return (nil, diagnostics) }
        var kept = configuration
        if configuration.storage.keep == .referenced {
            kept.keepOnly(MetricDemand(rules, playbooks, layers + texts))
        }
        let loaded = LoadedConfiguration(
            configuration: kept,
            ruleFiles: rules,
            playbookFiles: playbooks,
            templates: templates,
            layers: layers
        )
        return (loaded, diagnostics)
    }

    /// Everything that is wrong with the configuration and the files it names.
    public func check() -> [Diagnostic] { load().diagnostics }

    /// What an agent would run with, and everything that is wrong; nil where it could not run.
    public func read() -> (configuration: MedicConfiguration?, diagnostics: [Diagnostic]) {
        let (loaded, diagnostics) = load()
        return (loaded?.configuration, diagnostics)
    }

    private func readLayers(_ diagnostics: inout [Diagnostic]) -> [SourceText]? {
        guard let path else { return [] }
        var paths = [path]
        paths += (try? FileSystem.matches(Self.layerFolder(beside: path) + "/*.yml")) ?? []
        let layers = paths.compactMap { Self.read($0, &diagnostics) }
        return layers.count == paths.count ? layers : nil
    }

    private func readRules(
        _ configuration: MedicConfiguration,
        _ layers: [SourceText],
        _ diagnostics: inout [Diagnostic]
    ) -> [RuleFile] {
        let paths = find(configuration.ruleFiles, standard: standardRules, layers, &diagnostics)
        return paths.compactMap { path in
            guard let source = Self.read(path, &diagnostics) else { return nil }
            let problems = Problems(in: source)
            let file = RuleFile(source, problems: problems)
            for group in file?.groups ?? [] { Self.refuseUnknownDatasource(of: group, configuration, problems) }
            diagnostics += problems.diagnostics
            return file
        }
    }

    private static func refuseUnknownDatasource(
        of group: RuleGroup,
        _ configuration: MedicConfiguration,
        _ problems: Problems
    ) {
        let known = configuration.datasources
        guard let name = group.datasource, DatasourceSettings.named(name, among: known) == nil else { return }
        let names = known.map(\.name.value)
        let near = nearest(name.value, in: names).map { "did you mean '\($0)'?" }
        problems.error(
            "rules/unknown-datasource",
            "no datasource is named '\(name.value)'",
            at: name.range,
            help: near ?? "write an address, or name one under 'datasources' of the configuration"
        )
    }

    private func readPlaybooks(
        _ configuration: MedicConfiguration,
        _ layers: [SourceText],
        _ diagnostics: inout [Diagnostic]
    ) -> [PlaybookFile] {
        let alerting = configuration.notifications.alerting
        // Without receivers nobody is told of anything, whatever a playbook wishes for.
        let tellsSomebody = !configuration.notifications.receivers.isEmpty
        let surroundings = PlaybookSurroundings(
            catalogue: .medic,
            receivers: tellsSomebody ? alerting.receivers.keys.sorted() : nil,
            timeIntervals: tellsSomebody ? alerting.intervals.keys.sorted() : nil
        )
        let paths = find(configuration.playbookFiles, standard: standardPlaybooks, layers, &diagnostics)
        return paths.compactMap { path in
            guard let source = Self.read(path, &diagnostics) else { return nil }
            let problems = Problems(in: source)
            let file = PlaybookFile(source, problems: problems, surroundings: surroundings)
            diagnostics += problems.diagnostics
            return file
        }
    }

    /// The files under `templates`, each of which must be sound.
    private func readTemplates(
        _ configuration: MedicConfiguration,
        _ layers: [SourceText],
        _ diagnostics: inout [Diagnostic]
    ) -> (templates: NotificationTemplates?, sources: [SourceText]) {
        let paths = find(configuration.templateFiles, standard: [], layers, &diagnostics)
        let sources = paths.compactMap { Self.read($0, &diagnostics) }
        var readable: [(name: String, text: String)] = []
        for source in sources {
            let file = (name: source.name ?? "", text: source.text)
            do throws(TemplateError) {
                _ = try NotificationTemplates(files: readable + [file])
                readable.append(file)
            } catch {
                diagnostics.append(error.diagnostic(in: source))
            }
        }
        return (try? NotificationTemplates(files: readable, zones: TimeZones.zone), sources)
    }

    /// The files that the patterns stand for, each once. A path that is no pattern must exist.
    private func find(
        _ patterns: [FilePattern],
        standard: [String],
        _ layers: [SourceText],
        _ diagnostics: inout [Diagnostic]
    ) -> [String] {
        var paths = path == nil ? standard : []
        for pattern in patterns {
            let source = layers[pattern.layer]
            let full = pattern.path(from: Self.folder(of: source.name ?? ""))
            let found = (try? FileSystem.matches(full)) ?? []
            if found.isEmpty, !Self.isPattern(full) {
                diagnostics.append(
                    Diagnostic(
                        .error,
                        code: "config/missing-file",
                        message: "there is no file \(full)",
                        range: pattern.pattern.range,
                        source: source
                    )
                )
            }
            // Unit tests lie beside what they test.
            paths += found.filter { !paths.contains($0) && !($0.hasSuffix("_test.yml") && Self.isPattern(full)) }
        }
        return paths
    }

    private static func read(_ path: String, _ diagnostics: inout [Diagnostic]) -> SourceText? {
        do throws(FileError) {
            let bytes = try FileSystem.read(path, limit: 16 << 20)
            do throws(YAMLEncodingError) {
                return try SourceText(name: path, yaml: bytes)
            } catch {
                diagnostics.append(unreadable(path, error.message))
            }
        } catch {
            diagnostics.append(unreadable(path, error.description))
        }
        return nil
    }

    private static func unreadable(_ path: String, _ reason: String) -> Diagnostic {
        Diagnostic(
            .error,
            code: "config/unreadable",
            message: reason,
            range: 0..<0,
            source: SourceText(name: path, text: "")
        )
    }

    /// The folder of further layers stands beside the file: medic.yml and medic.d.
    static func layerFolder(beside path: String) -> String {
        let endings = [".yml", ".yaml"]
        let ending = endings.first { path.utf8.reversed().starts(with: $0.utf8.reversed()) } ?? ""
        return path.dropLast(ending.count) + ".d"
    }

    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func isPattern(_ path: String) -> Bool {
        path.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// What references of a configuration stand for on this host.
    static func lookUp(_ reference: Reference) -> String? {
        switch reference {
        case .environment(let name):
            return environment(name)
        case .credential(let name):
            guard !name.contains("/"), let folder = environment("CREDENTIALS_DIRECTORY") else { return nil }
            return (try? FileSystem.readText(folder + "/" + name, limit: 1 << 20)).map { text in
                String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
            }
        }
    }

    /// The time zones that this host knows.
    public static let timeZones: TimeZoneSource = TimeZones.rules

    static func environment(_ name: String) -> String? {
        // The C library's own memory, which nobody changes while the agent runs.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
