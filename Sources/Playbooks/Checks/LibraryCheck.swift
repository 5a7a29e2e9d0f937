public import Diagnostics
import YAML

extension PlaybookLibrary {
    /// What is wrong between playbooks: names that are used twice, playbooks that run others which do not exist or themselves.
    public var problems: [Diagnostic] { problems(beside: []) }

    /// The same for a part of the files, beside others that cannot be used: `names` are those of the playbooks in them; nil: nobody can tell.
    public func problems(beside names: [String]?) -> [Diagnostic] {
        (repeatedNames + playbooks.flatMap { calls(of: $0, beside: names) } + cycles).inFileOrder()
    }

    private var repeatedNames: [Diagnostic] {
        var seen: [[UInt8]: Playbook] = [:]
        var found: [Diagnostic] = []
        for playbook in playbooks {
            guard let first = seen[Array(playbook.name.value.utf8)] else {
                seen[Array(playbook.name.value.utf8)] = playbook
                continue
            }
            let place = first.source.place(of: first.name.range.lowerBound)
            let file = first.source.name.map { "\($0):" } ?? ""
            found.append(
                problem(
                    playbook,
                    "playbook/repeated-name",
                    "there is already a playbook '\(playbook.name.value)'",
                    at: playbook.name.range,
                    help: "the first is at \(file)\(place); give each a name of its own"
                )
            )
        }
        return found
    }

    /// The steps of a playbook that run another, and the name of that.
    private static func calls(in playbook: Playbook) -> [(
        step: Step, name: PlaybookTemplate, variables: [ArgumentTemplate.Member]
    )] {
        playbook.allSteps.compactMap { step in
            guard step.action.value == runAction, case .record(let members, _) = step.arguments,
                case .text(let name)? = members.first(where: { $0.name.value == "name" })?.value
            else { return nil }
            guard case .record(let variables, _)? = members.first(where: { $0.name.value == "vars" })?.value else {
                return (step, name, [])
            }
            return (step, name, variables)
        }
    }

    private func calls(of playbook: Playbook, beside others: [String]?) -> [Diagnostic] {
        Self.calls(in: playbook).flatMap { step, name, variables in
            guard name.isLiteral else {
                return [
                    problem(
                        playbook,
                        "playbook/bad-call",
                        "the name of a playbook that is run must stand as it is, without templates",
                        at: name.text.range,
                        help: "so that all that can happen is known beforehand"
                    )
                ]
            }
            guard let called = self[name.text.text] else {
                guard let others, !Names.contains(others, name.text.text) else { return [] }
                return [
                    problem(
                        playbook,
                        "playbook/unknown-playbook",
                        "there is no playbook '\(Names.shown(name.text.text))'",
                        at: name.text.range,
                        help: Names.suggestion(for: name.text.text, among: playbooks.map(\.name.value) + others)
                    )
                ]
            }
            return badCalls(of: called, step, variables, in: playbook)
        }
    }

    private func badCalls(
        of called: Playbook,
        _ step: Step,
        _ variables: [ArgumentTemplate.Member],
        in playbook: Playbook
    ) -> [Diagnostic] {
        var found: [Diagnostic] = []
        if called.rungs.count > 1 {
            found.append(
                problem(
                    playbook,
                    "playbook/bad-call",
                    "'\(called.name.value)' is a ladder, whose rungs depend on a verification of its own",
                    at: step.action.range,
                    help: "run a playbook with 'steps'"
                )
            )
        }
        if step.timeout != nil || step.retry != nil || step.confirmWithin != nil || step.isRepeatable != nil
            || step.onError != .stop
        {
            found.append(
                problem(
                    playbook,
                    "playbook/bad-call",
                    "timeout, retry, on_error, confirm_within and repeatable belong to the steps that are run",
                    at: step.action.range,
                    help: "write them in '\(called.name.value)'"
                )
            )
        }
        let known = called.variables.map(\.name.value)
        for variable in variables where !Names.contains(known, variable.name.value) {
            found.append(
                problem(
                    playbook,
                    "playbook/unknown-variable",
                    "'\(called.name.value)' has no variable '\(Names.shown(variable.name.value))'",
                    at: variable.name.range,
                    help: Names.suggestion(for: variable.name.value, among: known)
                )
            )
        }
        return found
    }

    /// Playbooks from which calls lead back to themselves. Each is told once, at the call that leads back.
    private var cycles: [Diagnostic] {
        playbooks.flatMap { playbook in
            Self.calls(in: playbook).compactMap { step, name, _ in
                guard name.isLiteral, let way = way(from: name.text.text, to: playbook.name.value) else { return nil }
                let names = ([playbook.name.value] + way).joined(separator: " -> ")
                return problem(
                    playbook,
                    "playbook/cycle",
                    "the playbook would run itself: \(names)",
                    at: step.action.range,
                    help: "take one of these calls out"
                )
            }
        }
    }

    /// The playbooks on a way of calls, both ends included; nil when there is none.
    private func way(from start: String, to end: String) -> [String]? {
        var ways: [[String]] = [[start]]
        var seen: Set<String> = [start]
        // Each playbook is looked at once.
        while let way = ways.popLast(), let last = way.last {
            if Names.isSame(last, end) { return way }
            guard let playbook = self[last] else { continue }
            for (_, name, _) in Self.calls(in: playbook) where name.isLiteral && seen.insert(name.text.text).inserted {
                ways.append(way + [name.text.text])
            }
        }
        return nil
    }

    func problem(
        _ playbook: Playbook,
        _ code: String,
        _ message: String,
        at range: Range<Int>,
        help: String
    ) -> Diagnostic {
        Diagnostic(.error, code: code, message: message, range: range, help: help, source: playbook.source)
    }
}
