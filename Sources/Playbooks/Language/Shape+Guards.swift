import Metrics
import Rules
public import YAML

extension Shape where Value == Guards {
    static func guards(_ scope: TemplateScope) -> Shape<Guards> {
        .structure("what may forbid a run") { fields in
            let times = fields.optional("time", .times(scope.surroundings.timeIntervals))
            return Guards(
                cooldown: fields.value("cooldown", .span, default: Guards.Standard.cooldown),
                limit: fields.value("limit", .limit(Guards.Standard.limit), default: Guards.Standard.limit),
                playbookLimit: fields.value(
                    "playbook_limit",
                    .limit(Guards.Standard.playbookLimit),
                    default: Guards.Standard.playbookLimit
                ),
                breaker: fields.value("breaker", .breaker, default: Guards.Standard.breaker),
                minUptime: fields.value("min_uptime", .span, default: Guards.Standard.minUptime),
                require: fields.value(
                    "require",
                    .either(
                        scalar: Shape<ExpressionTemplate>.expression(scope).map { [$0] },
                        list: .list(of: .expression(scope))
                    ),
                    default: []
                ),
                only: times?.only ?? [],
                except: times?.except ?? [],
                locks: fields.value(
                    "lock",
                    .either(
                        scalar: Shape<PlaybookTemplate>.template(scope).map { [$0] },
                        list: .list(of: .template(scope))
                    ),
                    default: []
                ),
                lockWait: fields.value("lock_wait", .span, default: Guards.Standard.lockWait),
                fleet: fields.optional("fleet", .fleet),
                maxSubjects: fields.value(
                    "max_subjects",
                    .integer(in: 1...10_000),
                    default: Guards.Standard.maxSubjects
                ),
                weeklyHeals: fields.value(
                    "weekly_heals",
                    .integer(in: 1...1_000_000),
                    default: Guards.Standard.weeklyHeals
                ),
                range: fields.node.headline
            )
        }
    }
}

extension Shape where Value == Guards.Limit {
    /// How many runs may begin in a sliding window; what is not said is as in the standard.
    public static func limit(_ standard: Guards.Limit) -> Shape<Guards.Limit> {
        .structure("a limit such as {runs: 3, within: 1h}") { fields in
            Guards.Limit(
                runs: fields.value("runs", .integer(in: 1...1_000_000), default: standard.runs),
                within: fields.value("within", .limitSpan, default: standard.within)
            )
        }
    }
}

extension Shape where Value == Milliseconds {
    /// A window for which the beginnings of runs are remembered.
    fileprivate static var limitSpan: Shape<Milliseconds> {
        positiveSpan.narrowed(
            to: "a duration of at most \(Guards.Limit.longestWindow.promQLText): runs are counted no further back"
        ) {
            $0 <= Guards.Limit.longestWindow ? $0 : nil
        }
    }
}

extension Shape where Value == Guards.Breaker {
    static var breaker: Shape<Guards.Breaker> {
        .structure("when to stop trying") { fields in
            let standard = Guards.Standard.breaker
            let open = fields.value("open", .positiveSpan, default: standard.open)
            let longest = fields.value("max", .positiveSpan, default: Swift.max(standard.max, open))
            if longest < open {
                fields.refuse(
                    "playbook/bad-breaker",
                    "'max' (\(longest.promQLText)) is shorter than 'open' (\(open.promQLText)), which it bounds",
                    at: "max",
                    help: "the breaker opens for 'open' first, and twice as long each time up to 'max'"
                )
            }
            return Guards.Breaker(
                unhealed: fields.value("unhealed", .integer(in: 1...1_000), default: standard.unhealed),
                open: open,
                max: longest,
                minHealthy: fields.value("min_healthy", .span, default: standard.minHealthy)
            )
        }
    }
}

/// The names of time intervals in which a run may begin, and of those in which none may.
struct GuardTimes {
    let only: [Placed<String>]
    let except: [Placed<String>]
}

extension Shape where Value == GuardTimes {
    static func times(_ known: [String]?) -> Shape<GuardTimes> {
        .structure("names of time intervals under 'only' or 'except'") { fields in
            let names = Shape<[Placed<String>]>.either(
                scalar: Shape<String>.nonEmptyString.placed.map { [$0] },
                list: .list(of: Shape<String>.nonEmptyString.placed)
            )
            let times = GuardTimes(
                only: fields.value("only", names, default: []),
                except: fields.value("except", names, default: [])
            )
            guard let known else { return times }
            for name in times.only + times.except where !Names.contains(known, name.value) {
                fields.refuse(
                    "playbook/unknown-interval",
                    "there is no time interval '\(Names.shown(name.value))'",
                    at: name.range,
                    help: Names.suggestion(for: name.value, among: known)
                )
            }
            return times
        }
    }
}

extension Shape where Value == Guards.Fleet {
    static var fleet: Shape<Guards.Fleet> {
        .structure("the budget of a fleet") { fields in
            let group = fields.required("group", .nonEmptyString)
            let maxConcurrent = fields.value("max_concurrent", .budget, default: .count(1))
            let maxUnhealthy = fields.value("max_unhealthy", .budget, default: .percent(40))
            let store = fields.value("store", .choice, default: Guards.Fleet.Store.required)
            return group.map {
                Guards.Fleet(group: $0, maxConcurrent: maxConcurrent, maxUnhealthy: maxUnhealthy, store: store)
            }
        }
    }
}

extension Shape where Value == Guards.Fleet.Budget {
    /// `3` or `10%`.
    static var budget: Shape<Guards.Fleet.Budget> {
        Shape<String>.string.narrowed(to: "a count of at least 1, or a share from 1% to 100%") { text in
            if text.utf8.last == UInt8(ascii: "%") {
                return Int(text.dropLast()).flatMap { (1...100).contains($0) ? .percent($0) : nil }
            }
            return Int(text).flatMap { $0 >= 1 ? .count($0) : nil }
        }
    }
}
