import YAML

/// Looks at the arguments of a step before there is any alert: names, kinds, templates, what the action says of them, permissions.
struct ArgumentCheck {
    private let declaration: ActionDeclaration
    private let action: Placed<String>
    private let scope: TemplateScope
    private let problems: Problems

    init(_ declaration: ActionDeclaration, _ action: Placed<String>, _ scope: TemplateScope, _ problems: Problems) {
        self.declaration = declaration
        self.action = action
        self.scope = scope
        self.problems = problems
    }

    func check(_ template: ArgumentTemplate) {
        var decoder = ArgumentDecoder(read)
        let arguments = decoder.arguments(template, of: declaration, at: action.range)
        for fault in decoder.faults {
            problems.error(fault.code, fault.message, at: fault.range, help: fault.help)
        }
        guard decoder.faults.isEmpty else { return }
        // What is not known yet is asked for when it is.
        checkPermissions(declaration.permissions(arguments))
    }

    private func read(_ template: PlaybookTemplate, _ argument: ArgumentDeclaration) -> ArgumentDecoder.Reading {
        if template.isLiteral { return .known(FilledText(written: template.text.text)) }
        guard scope.check(template, problems, seesCandidate: argument.seesCandidate) else { return .failed }
        if let constant = scope.constant(template) { return .known(FilledText(written: constant)) }
        if case .expression = argument.kind, let reason = scope.whyNoExpression(template) {
            problems.error(
                "promql/parse",
                "whatever is filled in, this is no expression: \(reason)",
                at: template.text.range,
                help: "put templates in the quotes of a matcher"
            )
            return .failed
        }
        return .unknown
    }

    private func checkPermissions(_ permissions: [Permission]) {
        guard let refusals = scope.surroundings.refusals else { return }
        for refusal in refusals(permissions) {
            problems.error(
                "playbook/not-permitted",
                refusal,
                at: action.range,
                help: "allow it under 'actions.permit' in the configuration, or take the step out"
            )
        }
    }
}
