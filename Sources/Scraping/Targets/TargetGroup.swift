import Metrics

/// Targets that were found together, and the labels they share. Each target is a set of labels with at least `__address__`.
struct TargetGroup: Hashable, Sendable {
    var targets: [Labels]
    var labels: Labels

    /// Addresses with shared labels.
    init(addresses: [String], labels: Labels) {
        targets = addresses.map { [TargetLabels.address: $0] }
        self.labels = labels
    }

    init(targets: [Labels], labels: Labels = .empty) {
        self.targets = targets
        self.labels = labels
    }

    /// Each target with the labels of the group; its own count more.
    var labelSets: [Labels] {
        targets.map { target in
            var builder = LabelsBuilder(labels)
            for label in target { builder.set(label.name, label.value) }
            return builder.build()
        }
    }
}
