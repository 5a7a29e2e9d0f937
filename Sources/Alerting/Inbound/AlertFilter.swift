public import Metrics
import RegularExpressions

/// Which alerts somebody asks for, by the parameters of `GET /api/v2/alerts` and `alerts/groups`.
public struct AlertFilter: Sendable {
    public var showsActive = true
    public var showsSilenced = true
    public var showsInhibited = true
    /// Whether to show groups that are kept quiet by time intervals.
    public var showsMuted = true
    /// All must hold.
    public var matchers: [LabelMatcher] = []
    private var receiver: Pattern?

    public init() {}

    /// Only alerts that go to a receiver whose whole name the expression matches.
    public mutating func narrow(toReceiver expression: String) throws(BodyComplaint) {
        do throws(PatternError) {
            receiver = try Pattern("^(?:\(expression))$", anchored: false)
        } catch {
            throw .refused("failed to parse receiver param: \(error.goReason)")
        }
    }

    /// Reads the values of the parameter `filter`, each one matcher.
    public static func matchers(_ texts: [String]) throws(BodyComplaint) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        for text in texts {
            do throws(MatcherError) {
                matchers.append(try MatcherList.parseSingle(text))
            } catch {
                throw .refused(error.message)
            }
        }
        return matchers
    }

    /// Whether it is one of the alerts that are asked for.
    public func admits(_ view: AlertView) -> Bool {
        admitsState(of: view) && view.receivers.contains(where: admits(receiver:))
    }

    /// The groups that are asked for, each with the alerts that are, of which is told only to whom they go in these groups.
    public func narrowed(_ groups: [GroupView]) -> [GroupView] {
        var wanted = groups.filter { admits(receiver: $0.receiver) && (showsMuted || $0.mutedBy.isEmpty) }
        var receivers: [Fingerprint: [String]] = [:]
        for index in wanted.indices {
            wanted[index].alerts = wanted[index].alerts.filter(admitsState)
            for view in wanted[index].alerts {
                receivers[view.alert.fingerprint, default: []].append(wanted[index].receiver)
            }
        }
        wanted = wanted.filter { !$0.alerts.isEmpty }
        for index in wanted.indices {
            for place in wanted[index].alerts.indices {
                let names = receivers[wanted[index].alerts[place].alert.fingerprint] ?? []
                wanted[index].alerts[place].receivers = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
        }
        return wanted
    }

    private func admits(receiver name: String) -> Bool { receiver?.matches(name) ?? true }

    private func admitsState(of view: AlertView) -> Bool {
        guard matchers.allSatisfy({ $0.matches(view.alert.labels) }) else { return false }
        if !showsActive, !view.isSuppressed { return false }
        if !showsSilenced, !view.silencedBy.isEmpty { return false }
        return showsInhibited || view.inhibitedBy == nil
    }
}

extension Silence {
    /// Whether it has each of these matchers, word by word, as the filters of `GET /api/v2/silences` mean it.
    public func has(_ wanted: [LabelMatcher]) -> Bool {
        wanted.allSatisfy { matcher in matchers.contains { $0 == matcher } }
    }
}
