public import Metrics

/// How the alerts of a route are grouped and when they are told.
public struct RouteOptions: Hashable, Sendable {
    public var receiver: String
    /// The labels whose values make a group.
    public var groupBy: Set<String> = []
    /// Every alert is a group of its own: `group_by: ['...']`.
    public var groupsByAll = false
    /// How long a new group waits for company.
    public var groupWait = Milliseconds.seconds(30)
    /// How long a group waits before it tells of changes.
    public var groupInterval = Milliseconds.minutes(5)
    /// How long a group waits before it tells the same again.
    public var repeatInterval = Milliseconds.hours(4)
    /// Names of intervals in which nothing is told. Not handed down to child routes.
    public var muteTimeIntervals: [String] = []
    /// Names of intervals outside of which nothing is told. Not handed down to child routes.
    public var activeTimeIntervals: [String] = []
    /// Whether alerts under treatment are kept back.
    public var holdsWhileHealing = true
    /// Whether the end of an alert is told to those who heard of its begin, even if it is silenced by now.
    public var tellsSilencedEnd = false

    public init(receiver: String) {
        self.receiver = receiver
    }
}

/// A node of the tree that decides who is told of an alert.
public struct Route: Hashable, Sendable {
    /// The place in `RouteTree.routes`.
    public let index: Int
    public let parent: Int?
    public internal(set) var children: [Int]
    public let matchers: MatcherList
    public let options: RouteOptions
    /// Whether the siblings after it are asked too when it matches.
    public let continues: Bool
    /// The matchers from the root to here, the first part of a group's key: `{}/{team="db"}`.
    public let key: String
}

/// The tree of routes. Immutable; made from the configuration.
public struct RouteTree: Hashable, Sendable {
    /// The root is the first; parents come before their children.
    public private(set) var routes: [Route]

    public var root: Route { routes[0] }

    /// A tree of one route.
    public init(root options: RouteOptions) {
        routes = []
        _ = add(matchers: MatcherList(), options: options, continues: false, parent: nil)
    }

    @discardableResult
    mutating func add(matchers: MatcherList, options: RouteOptions, continues: Bool, parent: Int?) -> Int {
        let index = routes.count
        let key = (parent.map { routes[$0].key + "/" } ?? "") + matchers.description
        routes.append(
            Route(
                index: index,
                parent: parent,
                children: [],
                matchers: matchers,
                options: options,
                continues: continues,
                key: key
            )
        )
        if let parent { routes[parent].children.append(index) }
        return index
    }

    /// The routes that an alert takes, in the order of the tree: the deepest that match.
    public func matches(_ labels: Labels) -> [Int] {
        var found: [Int] = []
        _ = match(0, labels, &found)
        return found
    }

    private func match(_ index: Int, _ labels: Labels, _ found: inout [Int]) -> Bool {
        guard routes[index].matchers.matches(labels) else { return false }
        let before = found.count
        for child in routes[index].children where match(child, labels, &found) && !routes[child].continues {
            break
        }
        if found.count == before { found.append(index) }
        return true
    }

    /// The labels by which an alert is grouped on a route.
    public func groupLabels(of labels: Labels, on route: Int) -> Labels {
        let options = routes[route].options
        return options.groupsByAll ? labels : LabelProjection.keeping(Array(options.groupBy)).apply(labels)
    }

    /// The key of a group, as Alertmanager writes it: `{}/{team="db"}:{alertname="Down"}`.
    public func groupKey(of labels: Labels, on route: Int) -> String {
        // Sorted as texts, which is not always the order of the names.
        let pairs = labels.map { "\($0.name)=\(Labels.quoted($0.value))" }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return "\(routes[route].key):{\(pairs.joined(separator: ", "))}"
    }
}
