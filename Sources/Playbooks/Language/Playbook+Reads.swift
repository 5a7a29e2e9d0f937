import Metrics
public import PromQL
import YAML

extension Playbook {
    /// Every selector of its expressions: of guards, of conditions, of the verification, and of steps that check, wait or draw. Values of
    /// matchers that are filled in later are left open, so that whatever may be meant is selected.
    public func selectorUses(_ catalogue: ActionCatalogue) -> [SelectorUse] {
        var expressions = guards.require.map(\.template)
        if let expression = verification.expression { expressions.append(expression.template) }
        for step in allSteps {
            if case .expression(let condition) = step.condition { expressions.append(condition.template) }
            expressions += step.expressionArguments(catalogue)
        }
        return expressions.flatMap(\.selectorUses)
    }
}

extension Step {
    fileprivate func expressionArguments(_ catalogue: ActionCatalogue) -> [PlaybookTemplate] {
        guard case .record(let members, _) = arguments else { return [] }
        let declared = catalogue[action.value]?.arguments.filter(\.kind.isExpression) ?? []
        return members.filter { member in declared.contains { $0.name.utf8.elementsEqual(member.name.value.utf8) } }
            .flatMap(\.value.templates)
    }
}

extension ArgumentKind {
    fileprivate var isExpression: Bool {
        switch self {
        case .expression, .oneOrMore(of: .expression), .list(of: .expression): true
        default: false
        }
    }
}

extension PlaybookTemplate {
    /// What an expression selects in which templates may stand: in the quotes of matchers, for a number, or for a duration.
    fileprivate var selectorUses: [SelectorUse] {
        if isLiteral { return (try? parse(text.text))?.selectorUses ?? [] }
        // A number that nobody writes by chance, so that it is found again; as a duration it is an hour.
        let mark = "3617"
        for standIn in ["filled_in_\(mark)", mark + "s", mark] {
            guard let tree = try? parse(outline(standIn)) else { continue }
            return tree.selectorUses.map { use in
                var open = use
                open.selector.matchers.removeAll { $0.name.contains(mark) || $0.value.contains(mark) }
                if open.selector.name?.contains(mark) == true { open.selector.name = nil }
                return open
            }
        }
        return []
    }

    private func outline(_ standIn: String) -> String {
        var outline = ""
        for (place, part) in text.text.split(separator: "{{", omittingEmptySubsequences: false).enumerated() {
            guard place > 0 else {
                outline += part
                continue
            }
            let rest = part.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false)
            outline += standIn + (rest.count > 1 ? rest[1] : "")
        }
        return outline
    }
}
