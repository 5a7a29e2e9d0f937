public import Alerting
import Configuration
public import Diagnostics
import Metrics
import YAML

/// Runs tests of routes: time passes in leaps, and receivers take whatever they are told.
public struct RouteTestRunner {
    private let library: any RuleTestLibrary
    private let zones: TimeZoneSource

    /// - Parameter zones: The time zones that intervals name.
    public init(library: any RuleTestLibrary, zones: @escaping TimeZoneSource) {
        self.library = library
        self.zones = zones
    }

    public func run(_ path: String) -> RouteTestReport {
        let source: SourceText
        do {
            source = SourceText(name: path, text: try library.read(path))
        } catch {
            return RouteTestReport(path: path, obstacle: "\(error)")
        }
        let problems = Problems(in: source)
        guard let file = RouteTestFile(source, problems: problems) else {
            return RouteTestReport(path: path, diagnostics: problems.diagnostics)
        }
        var layers: [SourceText] = []
        for name in file.configurationFiles {
            let whole = name.value.hasPrefix("/") ? name.value : PathPattern.folder(of: path) + name.value
            do {
                layers.append(SourceText(name: whole, text: try library.read(whole)))
            } catch {
                problems.error("config/missing-file", "\(whole): \(error)", at: name.range)
            }
        }
        guard !problems.hasErrors else { return RouteTestReport(path: path, diagnostics: problems.diagnostics) }
        // What secrets stand for does not matter here, only that it can stand anywhere.
        let (configuration, diagnostics) = MedicConfiguration.read(
            layers,
            references: { _ in "http://secret.invalid:80" },
            zones: zones
        )
        guard let configuration else { return RouteTestReport(path: path, diagnostics: diagnostics) }
        let settings = configuration.notifications.alerting
        let verdicts = file.tests.map { verdict(of: $0, settings, source) }
        return RouteTestReport(path: path, diagnostics: diagnostics, verdicts: verdicts)
    }

    private func verdict(of test: RouteTest, _ settings: AlertingSettings, _ source: SourceText)
        -> RouteTestReport.Verdict
    {
        var failures: [RouteTestReport.Failure] = []
        for expectation in test.routes {
            let receivers = settings.routes.receivers(for: expectation.labels)
            guard receivers != expectation.receivers else { continue }
            failures.append(
                RouteTestReport.Failure(
                    headline: "route of \(expectation.labels)",
                    place: source.place(of: expectation.range.lowerBound),
                    rows: [
                        .expected(expectation.receivers.joined(separator: ", ")),
                        .got(receivers.joined(separator: ", ")),
                    ]
                )
            )
        }
        var world = RouteTestWorld(settings, test)
        var seen = 0
        world.play { time, world in
            for expectation in test.notifications where expectation.time == time {
                let told = world.told[seen...].map(\.notification)
                seen = world.told.count
                if let failure = Self.compare(told, expectation, source) { failures.append(failure) }
            }
            for expectation in test.states where expectation.time == time {
                let standing = world.standing(of: expectation.labels, at: time)
                guard standing != expectation.state else { continue }
                failures.append(
                    RouteTestReport.Failure(
                        headline: "\(expectation.labels) at \(time.promQLText)",
                        place: source.place(of: expectation.range.lowerBound),
                        rows: [.expected(expectation.state.rawValue), .got(standing.rawValue)]
                    )
                )
            }
        }
        return RouteTestReport.Verdict(
            title: test.title,
            place: source.place(of: test.range.lowerBound),
            failures: failures.sorted { $0.place < $1.place }
        )
    }

    /// What was told against what was to be told, in any order; nil where they agree.
    private static func compare(
        _ told: [ToldNotification],
        _ expectation: RouteTest.NotificationExpectation,
        _ source: SourceText
    ) -> RouteTestReport.Failure? {
        var surplus = told
        var missing: [ToldNotification] = []
        var rows: [EvaluationFailure.Row] = []
        for wish in expectation.notifications {
            if let index = surplus.firstIndex(where: { $0.fits(wish) }) {
                rows.append(.same(surplus.remove(at: index).text))
            } else {
                missing.append(wish)
            }
        }
        guard !missing.isEmpty || !surplus.isEmpty else { return nil }
        return RouteTestReport.Failure(
            headline: "notifications up to \(expectation.time.promQLText)",
            place: source.place(of: expectation.range.lowerBound),
            rows: rows + missing.map { .expected($0.text) } + surplus.map { .got($0.text) }
        )
    }
}

/// What became of a file of route tests.
public struct RouteTestReport: Sendable {
    public struct Failure: Sendable {
        public let headline: String
        public let place: SourcePlace
        public let rows: [EvaluationFailure.Row]
    }

    public struct Verdict: Sendable {
        public let title: String
        public let place: SourcePlace
        public let failures: [Failure]

        public var isSuccess: Bool { failures.isEmpty }
    }

    public let path: String
    /// Why the file could not be read at all.
    public var obstacle: String?
    public var diagnostics: [Diagnostic] = []
    public var verdicts: [Verdict] = []

    public var isSuccess: Bool {
        obstacle == nil && !diagnostics.contains { $0.severity == .error } && verdicts.allSatisfy(\.isSuccess)
    }
}
