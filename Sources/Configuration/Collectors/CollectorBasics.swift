public import Metrics
import Rules
import YAML

/// What every built-in collector can be told.
public struct CollectorBasics: Sendable, Hashable {
    /// How often the numbers are read that nobody tells of by themselves.
    public var interval: Milliseconds
    /// Labels of all its series. `job` and `instance` are there without being named here.
    public var labels: [Label] = []

    public init(interval: Milliseconds = .seconds(15)) {
        self.interval = interval
    }

    /// The labels of all series of a collector: its own job unless given otherwise, the host as the instance.
    public func commonLabels(job: String, instance: String) -> Labels {
        Labels([Label("job", job), Label("instance", instance)] + labels)
    }

    /// Reads `interval` and `labels` among the keys of a collector.
    static func read(_ fields: inout Fields, interval: Milliseconds = .seconds(15)) -> CollectorBasics {
        var basics = CollectorBasics()
        basics.interval = fields.value("interval", .collectorInterval, default: interval)
        basics.labels = fields.value("labels", .collectorLabels, default: [])
        return basics
    }
}

extension Shape where Value == Milliseconds {
    /// Collectors are cheap, and still no busy loop.
    static var collectorInterval: Shape<Milliseconds> {
        Shape<Milliseconds>.milliseconds.narrowed(to: "a duration of at least 100ms") { interval in
            interval >= Milliseconds(100) ? interval : nil
        }
    }
}

extension Shape where Value == [Label] {
    /// Labels by name, as Prometheus writes them.
    static var collectorLabels: Shape<[Label]> {
        Shape<[Label]>("a mapping of label names to texts") { node, problems in
            guard let pairs = Shape<[YAMLPair<String>]>.map(of: .string).decode(node, problems) else { return nil }
            var labels: [Label] = []
            for pair in pairs {
                guard Labels.isPlainLabelName(pair.key.value), !pair.key.value.hasPrefix("__") else {
                    problems.error(
                        "yaml/bad-value",
                        "'\(pair.key.value)' is not a label name that series can have",
                        at: pair.key.range,
                        help: "letters, digits and '_', not beginning with a digit or with '__'"
                    )
                    return nil
                }
                labels.append(Label(pair.key.value, pair.value))
            }
            return labels
        }
    }
}
