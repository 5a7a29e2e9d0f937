import Templates
import YAML

extension Rule {
    /// All expressions of the rule: that which it watches, and that which ends it.
    public var expressions: [RuleExpression] {
        guard case .alerting(let alerting) = kind, let clearWhen = alerting.clearWhen else { return [expression] }
        return [expression, clearWhen]
    }

    /// What the texts of its labels and annotations ask by `query`, where the whole expression is written out.
    public var queriesOfTexts: [String] {
        var texts = labels
        if case .alerting(let alerting) = kind { texts += alerting.annotations }
        return texts.compactMap(ReadTemplate.init).flatMap(\.references.queries).map(\.name)
    }
}
