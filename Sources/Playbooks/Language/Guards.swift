public import Metrics
public import YAML

/// What may forbid a run. Where a playbook says nothing, those of `Guards.standard(at:)` hold.
public struct Guards: Sendable {
    public struct Limit: Sendable, Hashable {
        public let runs: Int
        public let within: Milliseconds

        /// Beginnings of runs are remembered for so long, whatever happens to medic meanwhile.
        public static let longestWindow = Milliseconds.days(31)
    }

    public struct Breaker: Sendable, Hashable {
        public let unhealed: Int
        public let open: Milliseconds
        public let max: Milliseconds
        public let minHealthy: Milliseconds
    }

    public struct Fleet: Sendable, Hashable {
        public enum Budget: Sendable, Hashable {
            case count(Int)
            case percent(Int)
        }
        public enum Store: String, Sendable, Hashable, CaseIterable {
            case required
            case preferred
        }

        public let group: String
        public let maxConcurrent: Budget
        public let maxUnhealthy: Budget
        public let store: Store
    }

    /// From the end of a run to the next of the same subject.
    public let cooldown: Milliseconds
    /// Per subject.
    public let limit: Limit
    /// Over all subjects of the playbook.
    public let playbookLimit: Limit
    public let breaker: Breaker
    public let minUptime: Milliseconds
    /// Every one must return something.
    public let require: [ExpressionTemplate]
    /// Names of time intervals: in one of `only`, where any is given, and in none of `except`.
    public let only: [Placed<String>]
    public let except: [Placed<String>]
    /// Templates of lock names.
    public let locks: [PlaybookTemplate]
    public let lockWait: Milliseconds
    public let fleet: Fleet?
    public let maxSubjects: Int
    /// Heals of one subject in a week beyond which a human is told although each worked.
    public let weeklyHeals: Int
    /// Where `guards` stands; the playbook's name where it does not.
    public let range: Range<Int>
}

extension Guards {
    /// What holds without a word.
    enum Standard {
        static let cooldown = Milliseconds.minutes(10)
        static let limit = Limit(runs: 3, within: .hours(1))
        static let playbookLimit = Limit(runs: 10, within: .hours(1))
        static let breaker = Breaker(unhealed: 2, open: .hours(1), max: .hours(24), minHealthy: .hours(1))
        static let minUptime = Milliseconds.minutes(2)
        static let lockWait = Milliseconds.minutes(1)
        static let maxSubjects = 1
        static let weeklyHeals = 10
    }

    /// The guards of a playbook that says nothing of them.
    static func standard(at range: Range<Int>) -> Guards {
        Guards(
            cooldown: Standard.cooldown,
            limit: Standard.limit,
            playbookLimit: Standard.playbookLimit,
            breaker: Standard.breaker,
            minUptime: Standard.minUptime,
            require: [],
            only: [],
            except: [],
            locks: [],
            lockWait: Standard.lockWait,
            fleet: nil,
            maxSubjects: Standard.maxSubjects,
            weeklyHeals: Standard.weeklyHeals,
            range: range
        )
    }
}
