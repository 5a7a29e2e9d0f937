import Metrics
import YAML

/// What does not fit together in a step: its own keys, and what its action promises.
struct StepChecks {
    private let step: Step
    private let action: ActionDeclaration
    private let arguments: ActionArguments
    private let problems: Problems

    static func run(_ step: Step, _ scope: TemplateScope, _ problems: Problems) {
        guard let action = scope.surroundings.catalogue[step.action.value] else { return }
        // What is wrong with the arguments is already told.
        var decoder = ArgumentDecoder { template, _ in
            scope.constant(template).map { .known(FilledText(written: $0)) } ?? .unknown
        }
        let arguments = decoder.arguments(step.arguments, of: action, at: step.action.range)
        let checks = StepChecks(step: step, action: action, arguments: arguments, problems: problems)
        checks.checkTimeout()
        checks.checkRetry()
        checks.checkConfirmation()
    }

    /// A timeout that ends the deed before its own arguments do.
    private func checkTimeout() {
        guard let timeout = step.timeout, timeout.value < action.lasts(arguments) else { return }
        let lasts = action.lasts(arguments).promQLText
        problems.warning(
            "playbook/timeout-too-short",
            "the timeout of \(timeout.value.promQLText) ends the step before the \(lasts) that its arguments ask for",
            at: timeout.range,
            help: "leave it out: then it is \(lasts) and a minute"
        )
    }

    /// Trying again what may have been half done.
    private func checkRetry() {
        guard step.retry != nil, step.isRepeatable == nil, !action.isRepeatable(arguments) else { return }
        problems.warning(
            "playbook/retry-not-repeatable",
            "'\(action.name)' may not be the same when it is done twice, and 'retry' does it again after a failure",
            at: step.action.range,
            help: "take 'retry' out, or say 'repeatable: true' if you know better"
        )
    }

    /// A dead man's hand that has nothing to pull.
    private func checkConfirmation() {
        guard let confirm = step.confirmWithin, action.undo == nil else { return }
        problems.error(
            "playbook/no-undo",
            "nothing takes '\(action.name)' back, so there is nothing to confirm",
            at: confirm.range,
            help: "take 'confirm_within' out"
        )
    }
}
