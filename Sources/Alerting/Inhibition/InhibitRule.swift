public import Metrics
public import YAML

/// While an alert of one kind fires, alerts of another kind that agree with it in some labels are not told.
public struct InhibitRule: Hashable, Sendable {
    public let source: MatcherList
    public let target: MatcherList
    /// Labels in which both must agree; a label that both lack is agreement too.
    public let equal: [String]

    public init(source: [LabelMatcher], target: [LabelMatcher], equal: [String] = []) {
        self.source = MatcherList(source)
        self.target = MatcherList(target)
        self.equal = equal
    }
}

extension Shape where Value == InhibitRule {
    /// An element of `inhibit_rules`.
    public static var inhibitRule: Shape<InhibitRule> {
        .structure("an inhibition rule") { fields in
            func matchers(_ side: String, _ fields: inout Fields) -> [LabelMatcher] {
                fields.value("\(side)_match", .equalities, default: [])
                    + fields.value("\(side)_match_re", .expressions, default: [])
                    + fields.value("\(side)_matchers", .matchers, default: [])
            }
            let source = matchers("source", &fields)
            let target = matchers("target", &fields)
            return InhibitRule(
                source: source,
                target: target,
                equal: fields.value("equal", .list(of: .nonEmptyString), default: [])
            )
        }
    }
}
