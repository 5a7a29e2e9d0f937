public import Metrics
import RegularExpressions
public import YAML

/// A route as it stands in the file: what it says, and where. `RouteTree` is made of it when all names are known.
public struct WrittenRoute: Sendable {
    struct GroupBy: Sendable {
        let names: [String]
        let isAll: Bool
    }

    let receiver: Placed<String>?
    let groupBy: GroupBy?
    let matchers: [LabelMatcher]
    let hasMatchers: Bool
    let continues: Bool
    let groupWait: Milliseconds?
    let groupInterval: Milliseconds?
    let repeatInterval: Milliseconds?
    let muteTimeIntervals: [Placed<String>]
    let activeTimeIntervals: [Placed<String>]
    let holdsWhileHealing: Bool?
    let tellsSilencedEnd: Bool?
    let children: [WrittenRoute]
    let range: Range<Int>
}

extension Shape where Value == WrittenRoute {
    /// The key `route`, with its children.
    public static var route: Shape<WrittenRoute> {
        .structure("a route") { fields in
            let receiver = fields.optional("receiver", Shape<String>.nonEmptyString.placed)
            let groupBy = fields.optional("group_by", .groupBy)
            let equal = fields.optional("match", .equalities)
            let expressions = fields.optional("match_re", .expressions)
            let matchers = fields.optional("matchers", .matchers)
            let route = WrittenRoute(
                receiver: receiver,
                groupBy: groupBy,
                matchers: (equal ?? []) + (expressions ?? []) + (matchers ?? []),
                hasMatchers: equal != nil || expressions != nil || matchers != nil,
                continues: fields.value("continue", .boolean, default: false),
                groupWait: fields.optional("group_wait", .alertingDuration),
                groupInterval: fields.optional("group_interval", .positiveDuration("group_interval")),
                repeatInterval: fields.optional("repeat_interval", .positiveDuration("repeat_interval")),
                muteTimeIntervals: fields.value(
                    "mute_time_intervals",
                    .list(of: Shape<String>.string.placed),
                    default: []
                ),
                activeTimeIntervals: fields.value(
                    "active_time_intervals",
                    .list(of: Shape<String>.string.placed),
                    default: []
                ),
                holdsWhileHealing: fields.optional("hold_while_healing", .boolean),
                tellsSilencedEnd: fields.optional("notify_silenced_resolved", .boolean),
                children: fields.value(
                    "routes",
                    .list(of: .recursive("a route") { Shape<WrittenRoute>.route }),
                    default: []
                ),
                range: fields.node.range
            )
            return route
        }
    }
}

extension Shape where Value == WrittenRoute.GroupBy {
    static var groupBy: Shape<WrittenRoute.GroupBy> {
        let names = Shape<[Placed<String>]>.list(of: Shape<String>.string.placed)
        return Shape<WrittenRoute.GroupBy>(names.expectation) { node, problems in
            guard let names = names.decode(node, problems) else { return nil }
            var seen: Set<[UInt8]> = []
            for name in names where name.value.isEmpty {
                problems.error("config/bad-group-by", "invalid label name \"\" in group_by list", at: name.range)
            }
            for name in names where !seen.insert(Array(name.value.utf8)).inserted {
                problems.error(
                    "config/bad-group-by",
                    "duplicated label \(Labels.quoted(name.value)) in group_by",
                    at: name.range
                )
            }
            let isAll = names.contains { $0.value == "..." }
            if isAll && names.count > 1 {
                problems.error(
                    "config/bad-group-by",
                    "cannot have wildcard group_by (`...`) and other labels at the same time",
                    at: node.range,
                    help: "'...' alone makes every alert a group of its own"
                )
            }
            return WrittenRoute.GroupBy(names: isAll ? [] : names.map(\.value), isAll: isAll)
        }
    }
}

extension Shape where Value == Milliseconds {
    /// A duration in Prometheus's notation: `30s`, `1h30m`.
    public static var alertingDuration: Shape<Milliseconds> {
        Shape<String>.string.narrowed(to: "a duration such as 30s, 5m or 1h30m") { try? Milliseconds(promQL: $0) }
    }

    static func positiveDuration(_ name: String) -> Shape<Milliseconds> {
        Shape("a duration such as 30s, 5m or 1h30m") { node, problems in
            guard let span = Shape<Milliseconds>.alertingDuration.decode(node, problems) else { return nil }
            guard span > .zero else {
                problems.error("config/bad-route", "\(name) cannot be zero", at: node.range)
                return nil
            }
            return span
        }
    }
}
