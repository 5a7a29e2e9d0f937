import Rules

/// Somebody who wants to know what came of an evaluation: who records, treats, tells. Called on the core's loop, in the order in which the
/// listeners were added, before the next group is evaluated.
protocol EvaluationListener: AnyObject {
    func heard(_ evaluation: GroupEvaluation, of group: LiveGroup)
}

/// Passes evaluations on to somebody who comes into being later than the rules do.
final class EvaluationRelay: EvaluationListener {
    weak var target: (any EvaluationListener)?

    func heard(_ evaluation: GroupEvaluation, of group: LiveGroup) {
        target?.heard(evaluation, of: group)
    }
}
