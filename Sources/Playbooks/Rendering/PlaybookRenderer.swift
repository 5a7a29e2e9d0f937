import Metrics
import Templates
import YAML

/// Everything that is in the way of carrying out a playbook for an alert. At least one thing.
public struct RenderingFailure: Error, Sendable, Hashable {
    public let errors: [RenderingError]
}

extension RenderingFailure: CustomStringConvertible {
    public var description: String { errors.map(\.description).joined(separator: "; ") }
}

/// Fills in the templates of playbooks.
public struct PlaybookRenderer: Sendable {
    let library: PlaybookLibrary
    let catalogue: ActionCatalogue

    public init(library: PlaybookLibrary, catalogue: ActionCatalogue) {
        self.library = library
        self.catalogue = catalogue
    }

    /// The playbook for one alert, or everything that is in the way. `overrides` are variables that whoever starts the run gives.
    public func render(
        _ playbook: Playbook,
        _ facts: AlertFacts,
        overrides: [RenderedPlaybook.Variable] = []
    ) throws(RenderingFailure) -> RenderedPlaybook {
        var rendering = Rendering(library: library, catalogue: catalogue, facts: facts)
        let rendered = rendering.playbook(playbook, overrides)
        guard rendering.errors.isEmpty else { throw RenderingFailure(errors: rendering.errors) }
        return rendered
    }
}

/// One rendering: what is wrong is collected, so that all of it can be told at once.
private struct Rendering {
    let library: PlaybookLibrary
    let catalogue: ActionCatalogue
    let facts: AlertFacts
    var errors: [RenderingError] = []

    /// What the templates of one playbook see.
    private struct Scope {
        var variables: [RenderedPlaybook.Variable] = []
        // Those that are the author's own words.
        var trusted: [String] = []
        var data: TemplateData

        init(_ facts: AlertFacts) {
            data = TemplateData(facts, variables: [], trusted: [])
        }

        mutating func add(_ variable: RenderedPlaybook.Variable, isTrusted: Bool, _ facts: AlertFacts) {
            variables.append(variable)
            if isTrusted { trusted.append(variable.value) }
            data = TemplateData(facts, variables: variables, trusted: trusted)
        }
    }

    // A run that grows beyond this by playbooks that run playbooks is a mistake; the library refuses cycles.
    private static let deepest = 16

    mutating func playbook(_ playbook: Playbook, _ overrides: [RenderedPlaybook.Variable]) -> RenderedPlaybook {
        let scope = variables(of: playbook, overrides, at: "")
        var rungs: [[RenderedStep]] = []
        for (index, rung) in playbook.rungs.enumerated() {
            let place = playbook.rungs.count > 1 ? "rung \(index + 1), step" : "step"
            rungs.append(steps(rung, scope, place))
        }
        let onUnhealed = steps(playbook.onUnhealed, scope, "on_unhealed, step")
        let onResolved = steps(playbook.onResolved, scope, "on_resolved, step")
        let all = rungs.flatMap { $0 } + onUnhealed + onResolved
        let ownLocks = playbook.guards.locks.compactMap { lock($0, scope) }
        return RenderedPlaybook(
            name: playbook.name.value,
            subject: facts.subject,
            variables: scope.variables,
            rungs: rungs,
            onUnhealed: onUnhealed,
            onResolved: onResolved,
            verification: playbook.verification.expression.flatMap { expression($0, scope, "verify") },
            require: playbook.guards.require.compactMap { expression($0, scope, "guards, require") },
            locks: Set(ownLocks + all.flatMap(\.locks)).sorted(),
            treatedUnits: Set(all.flatMap(\.treatedUnits)).sorted()
        )
    }

    // MARK: Variables

    private mutating func variables(
        of playbook: Playbook,
        _ overrides: [RenderedPlaybook.Variable],
        at place: String
    ) -> Scope {
        var scope = Scope(facts)
        for variable in playbook.variables {
            let name = variable.name.value
            if let given = overrides.first(where: { Names.isSame($0.name, name) }) {
                scope.add(given, isTrusted: false, facts)
                continue
            }
            guard let filled = fill(variable.template, scope, "\(place)variable '\(name)'") else { continue }
            scope.add(.init(name: name, value: filled.text), isTrusted: filled.filled.isEmpty, facts)
        }
        for given in overrides where !playbook.variables.contains(where: { Names.isSame($0.name.value, given.name) }) {
            let known = playbook.variables.map(\.name.value)
            fail(
                "\(place)variable '\(Names.shown(given.name))'",
                "the playbook '\(playbook.name.value)' has no such variable",
                Names.suggestion(for: given.name, among: known)
            )
        }
        return scope
    }

    private mutating func fill(_ template: PlaybookTemplate, _ scope: Scope, _ place: String) -> FilledText? {
        do throws(TemplateError) {
            return try template.fill(scope.data)
        } catch {
            fail(
                place,
                error.message,
                error.help ?? "the playbook can give another value: {{ or \(error.context) \"...\" }}"
            )
            return nil
        }
    }

    private mutating func expression(
        _ template: ExpressionTemplate,
        _ scope: Scope,
        _ place: String
    ) -> PlaybookExpression? {
        if let tree = template.tree { return PlaybookExpression(text: template.text.text, tree: tree) }
        guard let filled = fill(template.template, scope, place) else { return nil }
        switch ExpressionText.read(filled) {
        case .success(let expression): return expression
        case .failure(let fault):
            fail(place, fault.message, fault.help)
            return nil
        }
    }

    private mutating func lock(_ template: PlaybookTemplate, _ scope: Scope) -> String? {
        guard let filled = fill(template, scope, "guards, lock") else { return nil }
        let name = filled.text
        guard !name.isEmpty, name.utf8.count <= 512, !name.utf8.contains(where: { $0 < 0x20 }) else {
            fail("guards, lock", "'\(Names.shown(name))' cannot be the name of a lock", nil)
            return nil
        }
        return name
    }

    // MARK: Steps

    /// What the steps of a playbook that is run by another take from the step that runs it.
    private struct Outer {
        var isSkipped = false
        var conditions: [PlaybookExpression] = []
        /// What the playbooks that are run lock beside their steps' own.
        var locks: [String] = []
        var depth = 0
    }

    private mutating func steps(
        _ steps: [Step],
        _ scope: Scope,
        _ place: String,
        _ outer: Outer = Outer()
    ) -> [RenderedStep] {
        var rendered: [RenderedStep] = []
        for (index, step) in steps.enumerated() {
            let here = "\(place) \(index + 1) (\(step.action.value))"
            var inner = outer
            switch step.condition {
            case .none: break
            case .template(let template):
                guard let filled = fill(template, scope, "\(here), if") else { continue }
                let word = filled.text
                inner.isSkipped = inner.isSkipped || ["", "false", "0"].contains { Names.isSame($0, word) }
            case .expression(let template):
                guard let condition = expression(template, scope, "\(here), if") else { continue }
                inner.conditions.append(condition)
            }
            guard let action = catalogue[step.action.value] else {
                fail(here, "there is no such action", nil)
                continue
            }
            guard let arguments = arguments(step, action, scope, here) else { continue }
            if action.name == PlaybookLibrary.runAction {
                rendered += called(arguments, here, inner)
            } else {
                rendered.append(self.step(step, action, arguments, inner))
            }
        }
        return rendered
    }

    private mutating func arguments(
        _ step: Step,
        _ action: ActionDeclaration,
        _ scope: Scope,
        _ here: String
    ) -> ActionArguments? {
        var failures: [(path: String, TemplateError)] = []
        var decoder = ArgumentDecoder { template, argument in
            do throws(TemplateError) {
                return .known(try template.fill(scope.data))
            } catch {
                failures.append((argument.name, error))
                return .failed
            }
        }
        let arguments = decoder.arguments(step.arguments, of: action, at: step.action.range)
        for (path, error) in failures {
            fail("\(here), \(path)", error.message, error.help)
        }
        for fault in decoder.faults where failures.isEmpty || fault.code != "playbook/refused-argument" {
            fail("\(here), \(fault.path.joined(separator: "."))", fault.message, fault.help)
        }
        return failures.isEmpty && decoder.faults.isEmpty ? arguments : nil
    }

    /// The steps of another playbook, with its own variables or those given.
    private mutating func called(_ arguments: ActionArguments, _ here: String, _ outer: Outer) -> [RenderedStep] {
        let name = arguments.text("name") ?? ""
        guard let playbook = library[name], outer.depth < Self.deepest, playbook.rungs.count == 1 else {
            fail(here, "the playbook '\(Names.shown(name))' cannot be run here", nil)
            return []
        }
        let given = (arguments.record("vars")?.members ?? []).compactMap { member -> RenderedPlaybook.Variable? in
            guard case .text(let text) = member.value else { return nil }
            return RenderedPlaybook.Variable(name: member.name, value: text)
        }
        let scope = variables(of: playbook, given, at: "\(here), ")
        var inner = outer
        inner.depth += 1
        inner.locks += playbook.guards.locks.compactMap { lock($0, scope) }
        return steps(playbook.rungs[0], scope, "\(here), '\(name)' step", inner)
    }

    private func step(
        _ step: Step,
        _ action: ActionDeclaration,
        _ arguments: ActionArguments,
        _ outer: Outer
    ) -> RenderedStep {
        RenderedStep(
            name: step.name,
            action: action.name,
            arguments: arguments,
            timeout: step.timeout?.value ?? action.lasts(arguments) + Step.standardTimeout,
            retry: step.retry,
            onError: step.onError,
            confirmWithin: step.confirmWithin?.value,
            isRepeatable: step.isRepeatable ?? action.isRepeatable(arguments),
            isTreatment: action.isTreatment,
            isSkipped: outer.isSkipped,
            conditions: outer.conditions,
            sentence: action.sentence(arguments),
            locks: action.locks(arguments) + outer.locks,
            treatedUnits: action.treatedUnits(arguments),
            permissions: action.permissions(arguments)
        )
    }

    private mutating func fail(_ place: String, _ message: String, _ help: String?) {
        errors.append(RenderingError(place: place, message: message, help: help))
    }
}
