import Metrics
import PromQL
import Rules
import Storage

/// Knows which timelines the expressions of a group read, so that the group can be evaluated the moment one of them grows.
///
/// What was found is kept until series come, go or move among those that the group could see.
final class ChangeWatch {
    private let selectors: [[LabelMatcher]]
    private var generations: [UInt64] = []
    private var timelines: Set<TimelineID> = []

    init(_ group: RuleGroup) {
        let trees = group.rules.map(\.expression.tree)
        selectors = trees.flatMap { $0.selectorUses.map(\.selector.matchers) }
    }

    /// Whether the group reads what this timeline brings.
    func reads(_ timeline: TimelineID, in store: SampleStore) -> Bool {
        store.readIndex { index in
            let current = selectors.map { index.generation(for: $0) }
            guard current != generations else { return }
            generations = current
            timelines = []
            for selector in selectors {
                for series in index.select(selector) {
                    if let home = index.homes(of: series).last { timelines.insert(home.timeline) }
                }
            }
        }
        return timelines.contains(timeline)
    }
}
