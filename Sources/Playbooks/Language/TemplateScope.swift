import Diagnostics
import Metrics
import PromQL
import Templates
import YAML

/// What the templates at one place of a playbook can read, as far as that is known before any alert.
struct TemplateScope {
    let surroundings: PlaybookSurroundings
    /// The variables that are defined so far; nil: they could not be read, so that any name may be one.
    private(set) var variables: [String]? = []
    /// Variables that are defined further down.
    var later: [String] = []
    /// Variables that no alert changes, with what they are.
    private(set) var constants: [RenderedPlaybook.Variable] = []
    /// Labels that no alert that starts the playbook can have.
    private let absentLabels: [String]
    /// The labels of the subject; nil: all of the alert.
    private let subject: [String]?

    init(_ surroundings: PlaybookSurroundings, when: [Playbook.Trigger], subject: [Placed<String>]?) {
        self.surroundings = surroundings
        self.subject = subject?.map(\.value)
        absentLabels = Self.absentLabels(when)
    }

    /// Labels that every trigger wants to be empty.
    private static func absentLabels(_ when: [Playbook.Trigger]) -> [String] {
        guard let first = when.first else { return [] }
        func isAbsent(_ name: String, _ trigger: Playbook.Trigger) -> Bool {
            trigger.matchers.contains {
                $0.operation == .equal && $0.value.isEmpty && $0.name.utf8.elementsEqual(name.utf8)
            }
        }
        return first.matchers.map(\.name).filter { name in when.allSatisfy { isAbsent(name, $0) } }
    }

    func withUnknownVariables() -> TemplateScope {
        var scope = self
        scope.variables = nil
        return scope
    }

    /// Defines a variable for all that follows.
    mutating func add(_ variable: Playbook.Variable) {
        if let value = constant(variable.template) {
            constants.append(RenderedPlaybook.Variable(name: variable.name.value, value: value))
        }
        variables?.append(variable.name.value)
    }

    // MARK: What is known before any alert

    /// The text of a template that reads nothing but variables which no alert changes; nil for others.
    func constant(_ template: PlaybookTemplate) -> String? {
        if template.isLiteral { return template.text.text }
        let isConstant = template.fields.allSatisfy { path in
            path.names == ["Candidate"]
                || path.names.count == 2 && path.names[0] == "Vars"
                    && constants.contains { Names.isSame($0.name, path.names[1]) }
        }
        return isConstant ? try? template.fill(data(of: .empty)).text : nil
    }

    /// Data with these labels, for trying things out.
    private func data(of labels: Labels, variables more: [RenderedPlaybook.Variable] = []) -> TemplateData {
        let facts = AlertFacts(labels: labels, annotations: labels, value: 1, subject: labels, run: "1")
        return TemplateData(facts, variables: constants + more, trusted: constants.map(\.value))
    }

    /// Why an expression with templates in it cannot be read, whatever is filled in; nil when it can.
    func whyNoExpression(_ template: PlaybookTemplate) -> String? {
        var reason: String?
        // In the quotes of matchers anything will do; elsewhere a name, a number or a duration may be meant.
        for sample in ["x", "1", "1m"] {
            let names = template.fields.filter { $0.names.count == 2 }.map { $0.names[1] }
            let labels = Labels(names.map { Label($0, sample) })
            let unknown = names.filter { name in !constants.contains { Names.isSame($0.name, name) } }
            let variables = unknown.map { RenderedPlaybook.Variable(name: $0, value: sample) }
            guard let filled = try? template.fill(data(of: labels, variables: variables)) else { return nil }
            switch ExpressionText.read(filled) {
            case .success: return nil
            case .failure(let fault): reason = reason ?? fault.message
            }
        }
        return reason
    }

    // MARK: Checks

    /// Tells of what a template reads and nobody knows. Returns whether all of it is known.
    @discardableResult
    func check(_ template: PlaybookTemplate, _ problems: Problems, seesCandidate: Bool = false) -> Bool {
        let before = problems.count
        for path in template.fields {
            let place = template.text.range(of: path.range)
            guard let field = path.names.first else { continue }
            let name = path.names.dropFirst().first
            switch (field, name) {
            case ("Vars", let name?): checkVariable(name, at: place, problems)
            case ("Labels", let name?): checkLabel(name, at: place, problems)
            case ("Subject", let name?): checkSubject(name, at: place, problems)
            case ("Candidate", _) where !seesCandidate:
                problems.error(
                    "playbook/no-candidate",
                    "there is no candidate file here",
                    at: place,
                    help: "only the 'check' of an action that replaces a file knows '.Candidate'"
                )
            case let (field, _) where !Names.contains(TemplateData.fields, field):
                problems.error(
                    "playbook/unknown-field",
                    "templates of playbooks know no '.\(Names.shown(field))'",
                    at: place,
                    help: Names.suggestion(for: field, among: TemplateData.fields)
                )
            default: break
            }
        }
        return problems.count == before
    }

    private func checkVariable(_ name: String, at place: Range<Int>, _ problems: Problems) {
        guard let variables, !Names.contains(variables, name) else { return }
        if let first = later.first, Names.isSame(first, name) {
            problems.error(
                "playbook/variable-order",
                "the variable '\(Names.shown(name))' is defined by itself",
                at: place,
                help: "a variable can use those above it"
            )
        } else if Names.contains(later, name) {
            problems.error(
                "playbook/variable-order",
                "the variable '\(Names.shown(name))' is defined further down",
                at: place,
                help: "move '\(Names.shown(name))' above this one"
            )
        } else {
            problems.error(
                "playbook/unknown-variable",
                "there is no variable '\(Names.shown(name))'",
                at: place,
                help: variables.isEmpty ? "define it under 'vars'" : Names.suggestion(for: name, among: variables)
            )
        }
    }

    private func checkLabel(_ name: String, at place: Range<Int>, _ problems: Problems) {
        guard Names.contains(absentLabels, name) else { return }
        problems.error(
            "playbook/unknown-label",
            "no alert that starts this playbook has a label '\(Names.shown(name))'",
            at: place,
            help: "the matchers under 'when' want it to be empty"
        )
    }

    private func checkSubject(_ name: String, at place: Range<Int>, _ problems: Problems) {
        guard let subject, !Names.contains(subject, name) else { return }
        problems.error(
            "playbook/unknown-label",
            "the subject has no label '\(Names.shown(name))'",
            at: place,
            help: Names.suggestion(for: name, among: subject) + "; other labels are under .Labels"
        )
    }
}
