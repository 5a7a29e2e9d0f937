import Alerting
public import Diagnostics
public import Metrics
import Rules
public import YAML

/// A file of tests for routes: alerts as they come, and who must be told of them when.
public struct RouteTestFile: Sendable {
    public let source: SourceText
    /// The configuration under test, relative to the folder of this file: medic.yml or alertmanager.yml.
    public let configurationFiles: [Placed<String>]
    public let tests: [RouteTest]
}

/// Alerts over time, and what must come of them. Times count from the test's beginning.
public struct RouteTest: Sendable {
    public struct InputAlert: Sendable {
        public let labels: Labels
        public let annotations: [Label]
        public let startsAt: Milliseconds
        /// Nil: it fires to the end of the test.
        public let endsAt: Milliseconds?
    }

    public struct InputSilence: Sendable {
        let matchers: [LabelMatcher]
        public let startsAt: Milliseconds
        public let endsAt: Milliseconds
    }

    /// Whom an alert with these labels goes to, in the order of the routes.
    public struct RouteExpectation: Sendable {
        public let labels: Labels
        public let receivers: [String]
        public let range: Range<Int>
    }

    /// What is told after the expectation before this one, up to a time: exactly these notifications.
    public struct NotificationExpectation: Sendable {
        public let time: Milliseconds
        public let notifications: [ToldNotification]
        public let range: Range<Int>
    }

    /// What keeps an alert from being told at a time.
    public struct StateExpectation: Sendable {
        public let time: Milliseconds
        public let labels: Labels
        public let state: AlertStanding
        public let range: Range<Int>
    }

    public let title: String
    public let start: Timestamp
    public let alerts: [InputAlert]
    public let silences: [InputSilence]
    public let routes: [RouteExpectation]
    public let notifications: [NotificationExpectation]
    public let states: [StateExpectation]
    public let range: Range<Int>
}

/// How an alert stands with those who would be told of it.
public enum AlertStanding: String, Sendable, Hashable, CaseIterable {
    case active, silenced, inhibited, muted
    /// It is over, or never was.
    case resolved
}

/// A notification, as far as tests look at it.
public struct ToldNotification: Sendable, Hashable {
    public let receiver: String
    public let isFiring: Bool
    /// Nil where a test does not say.
    public let groupLabels: Labels?
    /// Those that fire, and those that are over, each by their labels.
    public let firing: Set<Labels>
    public let resolved: Set<Labels>

    /// Whether it is as a test wants it.
    func fits(_ wish: ToldNotification) -> Bool {
        receiver.utf8.elementsEqual(wish.receiver.utf8) && isFiring == wish.isFiring
            && (wish.groupLabels == nil || wish.groupLabels == groupLabels) && firing == wish.firing
            && resolved == wish.resolved
    }

    /// One line.
    var text: String {
        func list(_ labels: Set<Labels>) -> String { labels.sorted().map(\.description).joined(separator: ", ") }
        var parts = ["\(receiver) \(isFiring ? "firing" : "resolved")"]
        if let groupLabels { parts.append("group \(groupLabels)") }
        if !firing.isEmpty { parts.append("firing \(list(firing))") }
        if !resolved.isEmpty { parts.append("resolved \(list(resolved))") }
        return parts.joined(separator: "; ")
    }
}

extension RouteTestFile {
    /// Reads a test file. What is wrong goes into `problems`, in one pass, and the answer is nil.
    public init?(_ source: SourceText, problems: Problems) {
        guard let document = YAMLDocument(source, problems: problems) else { return nil }
        let shape = Shape<RouteTestFile>.structure("a route test file") { fields in
            let files = fields.required("config_files", .list(of: Shape<String>.nonEmptyString.placed))
            let tests = fields.value("tests", .list(of: .routeTest), default: [])
            return files.map { RouteTestFile(source: source, configurationFiles: $0, tests: tests) }
        }
        guard let file = document.decode(shape, problems: problems), !problems.hasErrors else { return nil }
        self = file
    }
}

extension Shape where Value == RouteTest {
    fileprivate static var routeTest: Shape<RouteTest> {
        .structure("a test") { fields in
            RouteTest(
                title: fields.value("name", .string, default: "unnamed"),
                start: fields.optional("start_timestamp", .moment) ?? .epoch,
                alerts: fields.value("input_alerts", .list(of: .inputAlert), default: []),
                silences: fields.value("input_silences", .list(of: .inputSilence), default: []),
                routes: fields.value("route_test", .list(of: .routeExpectation), default: []),
                notifications: fields.value("notification_test", .list(of: .notificationExpectation), default: [])
                    .sorted { $0.time < $1.time },
                states: fields.value("alert_state_test", .list(of: .stateExpectation), default: [])
                    .sorted { $0.time < $1.time },
                range: fields.node.headline
            )
        }
    }
}

extension Shape where Value == RouteTest.InputAlert {
    fileprivate static var inputAlert: Self {
        .structure("an alert") { fields in
            let labels = fields.required("labels", .labelList)
            let annotations = fields.value("annotations", .labelList, default: LabelList.empty)
            let startsAt = fields.value("starts_at", .milliseconds, default: .zero)
            let endsAt = fields.optional("ends_at", .milliseconds)
            if let endsAt, endsAt < startsAt {
                fields.refuse("yaml/bad-value", "the alert ends before it begins", at: "ends_at")
            }
            return labels.map {
                RouteTest.InputAlert(
                    labels: Labels($0.labels),
                    annotations: annotations.labels,
                    startsAt: startsAt,
                    endsAt: endsAt
                )
            }
        }
    }
}

extension Shape where Value == RouteTest.InputSilence {
    fileprivate static var inputSilence: Self {
        .structure("a silence") { fields in
            let matchers = fields.required("matchers", .matchers)
            let startsAt = fields.value("starts_at", .milliseconds, default: .zero)
            let endsAt = fields.value("ends_at", .milliseconds, default: .days(365))
            return matchers.map { RouteTest.InputSilence(matchers: $0, startsAt: startsAt, endsAt: endsAt) }
        }
    }
}

extension Shape where Value == RouteTest.RouteExpectation {
    fileprivate static var routeExpectation: Self {
        .structure("whom an alert goes to") { fields in
            let labels = fields.value("labels", .labelList, default: LabelList.empty)
            let receivers = fields.required("exp_receivers", .list(of: .nonEmptyString))
            let range = fields.node.headline
            return receivers.map {
                RouteTest.RouteExpectation(labels: Labels(labels.labels), receivers: $0, range: range)
            }
        }
    }
}

extension Shape where Value == RouteTest.NotificationExpectation {
    fileprivate static var notificationExpectation: Self {
        .structure("what is told up to a time") { fields in
            RouteTest.NotificationExpectation(
                time: fields.value("eval_time", .milliseconds, default: .zero),
                notifications: fields.value("exp_notifications", .list(of: .toldNotification), default: []),
                range: fields.node.headline
            )
        }
    }
}

extension Shape where Value == ToldNotification {
    fileprivate static var toldNotification: Self {
        .structure("a notification") { fields in
            let receiver = fields.required("receiver", .nonEmptyString)
            let groupLabels = fields.optional("group_labels", .labelList)
            let firing = fields.value("firing", .list(of: .labelList), default: [])
            let resolved = fields.value("resolved", .list(of: .labelList), default: [])
            return receiver.map {
                ToldNotification(
                    receiver: $0,
                    isFiring: !firing.isEmpty,
                    groupLabels: groupLabels.map { Labels($0.labels) },
                    firing: Set(firing.map { Labels($0.labels) }),
                    resolved: Set(resolved.map { Labels($0.labels) })
                )
            }
        }
    }
}

extension Shape where Value == RouteTest.StateExpectation {
    fileprivate static var stateExpectation: Self {
        .structure("how an alert stands at a time") { fields in
            let time = fields.value("eval_time", .milliseconds, default: .zero)
            let labels = fields.required("labels", .labelList)
            let state = fields.required("exp_state", Shape<AlertStanding>.choice)
            let range = fields.node.headline
            guard let labels, let state else { return nil }
            return RouteTest.StateExpectation(time: time, labels: Labels(labels.labels), state: state, range: range)
        }
    }
}
