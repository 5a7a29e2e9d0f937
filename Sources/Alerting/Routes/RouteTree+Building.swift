import Metrics
public import YAML

extension RouteTree {
    /// Makes the tree out of what stands in the file, and tells which names name nothing.
    public init?(_ written: WrittenRoute, receivers: Set<String>, intervals: Set<String>, problems: Problems) {
        let builder = RouteTreeBuilder(receivers: receivers, intervals: intervals, problems: problems)
        guard let tree = builder.tree(written) else { return nil }
        self = tree
    }
}

private struct RouteTreeBuilder {
    let receivers: Set<String>
    let intervals: Set<String>
    let problems: Problems

    func tree(_ written: WrittenRoute) -> RouteTree? {
        guard let receiver = written.receiver else {
            problems.error(
                "config/bad-route",
                "root route must specify a default receiver",
                at: written.range,
                help: "receiver: NAME, the one that is told when no other route matches"
            )
            return nil
        }
        if written.hasMatchers {
            problems.error("config/bad-route", "root route must not have any matchers", at: written.range)
        }
        for (name, list) in [
            ("mute", written.muteTimeIntervals), ("active", written.activeTimeIntervals),
        ] where !list.isEmpty {
            problems.error(
                "config/bad-route",
                "root route must not have any \(name) time intervals",
                at: list[0].range
            )
        }
        var tree = RouteTree(root: options(written, over: RouteOptions(receiver: receiver.value)))
        for child in written.children {
            add(child, to: &tree, under: 0)
        }
        return tree
    }

    private func add(_ written: WrittenRoute, to tree: inout RouteTree, under parent: Int) {
        let index = tree.add(
            matchers: MatcherList(written.matchers),
            options: options(written, over: tree.routes[parent].options),
            continues: written.continues,
            parent: parent
        )
        for child in written.children {
            add(child, to: &tree, under: index)
        }
    }

    private func options(_ written: WrittenRoute, over inherited: RouteOptions) -> RouteOptions {
        var options = inherited
        if let receiver = written.receiver {
            options.receiver = receiver.value
            require(receiver, among: receivers, "config/unknown-receiver", "undefined receiver")
        }
        if let groupBy = written.groupBy {
            options.groupBy = Set(groupBy.names)
            options.groupsByAll = groupBy.isAll
        }
        options.groupWait = written.groupWait ?? inherited.groupWait
        options.groupInterval = written.groupInterval ?? inherited.groupInterval
        options.repeatInterval = written.repeatInterval ?? inherited.repeatInterval
        options.holdsWhileHealing = written.holdsWhileHealing ?? inherited.holdsWhileHealing
        options.tellsSilencedEnd = written.tellsSilencedEnd ?? inherited.tellsSilencedEnd
        for name in written.muteTimeIntervals + written.activeTimeIntervals {
            require(name, among: intervals, "config/unknown-time-interval", "undefined time interval")
        }
        options.muteTimeIntervals = written.muteTimeIntervals.map(\.value)
        options.activeTimeIntervals = written.activeTimeIntervals.map(\.value)
        return options
    }

    private func require(_ name: Placed<String>, among known: Set<String>, _ code: String, _ what: String) {
        guard !known.contains(name.value) else { return }
        let list = known.isEmpty ? "none is defined" : "known here: \(known.sorted().joined(separator: ", "))"
        problems.error(code, "\(what) \(Labels.quoted(name.value)) used in route", at: name.range, help: list)
    }
}
