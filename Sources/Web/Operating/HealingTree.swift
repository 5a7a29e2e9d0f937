public import JSON
import Metrics
public import Playbooks

/// How healing stands, as medic's API tells of it.
public enum HealingTree {
    public static func tree(_ report: HealingReport) -> JSONValue {
        .tree { tree in
            tree.add("ceiling", text: report.settings.ceiling.rawValue)
            tree.add("stopped", report.killSwitch.map { stopped($0) })
            tree.add(
                "storm",
                report.storm.map { storm in
                    .tree { tree in
                        tree.add("since", at: storm.since.wall)
                        tree.add("reason", text: storm.reason)
                    }
                }
            )
        }
    }

    private static func stopped(_ stop: KillSwitch) -> JSONValue {
        .tree { tree in
            tree.add("by", text: stop.by)
            tree.add("reason", words: stop.reason)
            tree.add("at", at: stop.at.wall)
            tree.add("until", at: stop.duration.map { stop.at.wall + $0 })
        }
    }

    /// The breaker of a playbook over all its subjects; the worst of them stands for it.
    static func breaker(_ courses: [Course]) -> JSONValue {
        let telling = courses.filter { $0.breaker != .closed || $0.failures > 0 }
        let worst = telling.map(\.breaker).max { $0.rank < $1.rank } ?? .closed
        return .tree { tree in
            tree.add("state", text: worst.word)
            tree.add("subjects", list: telling.map { subject($0) })
        }
    }

    private static func subject(_ course: Course) -> JSONValue {
        .tree { tree in
            tree.add("subject", text: course.subject.description)
            tree.add("subjectLabels", labels: course.subject)
            tree.add("state", text: course.breaker.word)
            tree.add("failures", number: course.failures)
            tree.add("openings", number: course.openings)
            switch course.breaker {
            case .closed: break
            case .open(let since, let span):
                tree.add("since", at: since.wall)
                tree.add("until", at: since.wall + span)
            case .halfOpen(let run): tree.add("trial", text: run)
            case .openByHand(let by, let reason, let at):
                tree.add("since", at: at.wall)
                tree.add("by", text: by)
                tree.add("reason", words: reason)
            }
        }
    }
}

extension BreakerState {
    /// One word for programs.
    public var word: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half_open"
        case .openByHand: "open_by_hand"
        }
    }

    /// From well to ill.
    fileprivate var rank: Int {
        switch self {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        case .openByHand: 3
        }
    }
}
