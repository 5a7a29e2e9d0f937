import Metrics

/// The order in which Alertmanager lists the alerts of a notification: by job and instance, then by all labels.
struct AlertOrder {
    private let job: String?
    private let instance: String?
    private let labels: [Label]

    init(_ labels: Labels) {
        job = labels["job"]
        instance = labels["instance"]
        self.labels = labels.array
    }

    static func sorted(_ alerts: [ReceivedAlert]) -> [ReceivedAlert] {
        alerts.map { (alert: $0, order: AlertOrder($0.labels)) }
            .sorted { $0.order.precedes($1.order) }
            .map(\.alert)
    }

    private func precedes(_ other: AlertOrder) -> Bool {
        for (left, right) in [(job, other.job), (instance, other.instance)] {
            guard left != nil || right != nil else { continue }
            guard let left else { return false }
            guard let right else { return true }
            if !left.utf8.elementsEqual(right.utf8) { return left.utf8.lexicographicallyPrecedes(right.utf8) }
        }
        return Self.isBefore(labels, other.labels)
    }

    /// Fewer labels first; then by the first name that only one has, or whose values differ.
    static func isBefore(_ left: [Label], _ right: [Label]) -> Bool {
        if left.count != right.count { return left.count < right.count }
        for (mine, theirs) in zip(left, right) {
            if !mine.name.utf8.elementsEqual(theirs.name.utf8) {
                // The name that comes first is the one that the other set lacks, and lacking comes first.
                return !mine.name.utf8.lexicographicallyPrecedes(theirs.name.utf8)
            }
            if !mine.value.utf8.elementsEqual(theirs.value.utf8) {
                return mine.value.utf8.lexicographicallyPrecedes(theirs.value.utf8)
            }
        }
        return false
    }
}
