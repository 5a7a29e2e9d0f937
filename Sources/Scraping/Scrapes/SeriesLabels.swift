import Configuration
import Metrics
import Relabelling

/// Makes the labels under which a line of a scrape is stored, and says what a target may not send.
struct SeriesLabels {
    let target: Labels
    let settings: ScrapeSettings

    /// Why a line makes the whole scrape fail.
    struct Refusal: Error, Hashable {
        let reason: String
    }

    private static let conflictPrefix = "exported_"

    /// The labels to store; nil where relabelling drops the line. Called once for each series, when it is new.
    func labels(of parser: ExpositionParser) throws(Refusal) -> Labels? {
        var builder = LabelsBuilder(parser.labels)
        if settings.honorsLabels {
            for label in target where !parser.isWritten(label.name) { builder.set(label.name, label.value) }
        } else {
            overwrite(&builder)
        }
        guard settings.metricRelabelling.apply(to: &builder) else { return nil }
        let labels = builder.build()
        if labels.isEmpty { return nil }
        if let demand = settings.demand, !demand.wants(labels) { return nil }
        guard let name = labels.metricName else {
            throw Refusal(reason: "missing metric name (__name__ label)")
        }
        try check(builder.labels, of: name)
        return labels
    }

    /// The target's labels count; what the line says under the same names is kept under other names.
    private func overwrite(_ builder: inout LabelsBuilder) {
        var conflicts: [Label] = []
        for label in target {
            if let exposed = builder[label.name] { conflicts.append(Label(label.name, exposed)) }
            builder.set(label.name, label.value)
        }
        for label in conflicts.sorted(by: { $0.name.utf8.count < $1.name.utf8.count }) {
            var name = label.name
            repeat { name = Self.conflictPrefix + name } while builder[name] != nil
            builder.set(name, label.value)
        }
    }

    private func check(_ labels: [Label], of metric: String) throws(Refusal) {
        let limits = settings.limits
        let metric = metric.prefix(50)
        if limits.labels > 0, labels.count > limits.labels {
            throw Refusal(
                reason:
                    "label_limit exceeded (metric: \(metric), number of labels: \(labels.count), limit: \(limits.labels))"
            )
        }
        for label in labels {
            let (name, value) = (label.name.utf8.count, label.value.utf8.count)
            if limits.labelNameBytes > 0, name > limits.labelNameBytes {
                throw Refusal(
                    reason:
                        "label_name_length_limit exceeded (metric: \(metric), label name: \(label.name.prefix(50)), "
                        + "length: \(name), limit: \(limits.labelNameBytes))"
                )
            }
            if limits.labelValueBytes > 0, value > limits.labelValueBytes {
                throw Refusal(
                    reason:
                        "label_value_length_limit exceeded (metric: \(metric), label name: \(label.name.prefix(50)), "
                        + "value: \(Labels.quoted(String(label.value.prefix(50)))), length: \(value), "
                        + "limit: \(limits.labelValueBytes))"
                )
            }
        }
    }

    /// The labels of a series about the scrape itself, such as `up`.
    func own(_ name: String) -> Labels {
        var builder = LabelsBuilder(target)
        builder.set(Labels.metricName, name)
        return builder.build()
    }
}
