import Metrics
import Rules
import YAML

extension Shape where Value == Step {
    static func step(_ scope: TemplateScope) -> Shape<Step> {
        .structure("a step") { fields in
            let name = fields.optional("name", .nonEmptyString)
            let timeout = fields.optional("timeout", Shape<Milliseconds>.positiveSpan.placed)
            let retry = fields.optional("retry", .retry)
            let onError = fields.value("on_error", .choice, default: Step.OnError.stop)
            let condition = fields.optional("if", .condition(scope))
            let confirmWithin = fields.optional("confirm_within", Shape<Milliseconds>.positiveSpan.placed)
            let isRepeatable = fields.optional("repeatable", .boolean)
            guard let (action, arguments) = action(&fields, scope) else { return nil }
            let step = Step(
                name: name ?? action.value,
                action: action,
                arguments: arguments,
                timeout: timeout,
                retry: retry,
                onError: onError,
                condition: condition,
                confirmWithin: confirmWithin,
                isRepeatable: isRepeatable,
                range: fields.node.range
            )
            StepChecks.run(step, scope, fields.problems)
            return step
        }
    }

    private static let keys = ["name", "timeout", "retry", "on_error", "if", "confirm_within", "repeatable"]

    /// The one key that names an action, and its arguments.
    private static func action(
        _ fields: inout Fields,
        _ scope: TemplateScope
    ) -> (Placed<String>, ArgumentTemplate)? {
        let catalogue = scope.surroundings.catalogue
        let others = fields.keys.filter { key in !keys.contains { $0.utf8.elementsEqual(key.utf8) } }
        let (known, unknown) = (others.filter { catalogue[$0] != nil }, others.filter { catalogue[$0] == nil })
        let names = catalogue.declarations.map(\.name)
        if let action = known.first, refuseMisplaced(unknown, beside: action, catalogue, &fields) { return nil }
        var isTold = false
        for key in unknown where looksLikeAction(key, names, isOnly: others.count == 1) {
            guard let entry = fields.entry(key) else { continue }
            isTold = true
            fields.refuse(
                "playbook/unknown-action",
                "unknown action '\(Names.shown(key))'",
                at: entry.keyRange,
                help: suggestion(for: key, names)
            )
        }
        for key in known.dropFirst() {
            guard let entry = fields.entry(key) else { continue }
            fields.refuse(
                "playbook/several-actions",
                "a step has one action, and this is the second",
                at: entry.keyRange,
                help: "begin another step with '- ' before '\(key)'"
            )
        }
        guard let key = known.first, let entry = fields.entry(key) else {
            // A key that nobody knows is told as such, and is most likely the action.
            if !isTold, unknown.isEmpty {
                fields.refuse(
                    "playbook/no-action",
                    "the step does nothing: it names no action",
                    at: fields.node.headline,
                    help: "for example 'systemd.restart: {unit: api.service}'"
                )
            }
            return nil
        }
        let place = Placed(key, range: entry.keyRange)
        guard let arguments = Shape<ArgumentTemplate>.argumentRecord.decode(entry.value, fields.problems),
            let declaration = catalogue[key]
        else { return nil }
        ArgumentCheck(declaration, place, scope, fields.problems).check(arguments)
        return (place, arguments)
    }

    /// Arguments that stand beside an action which has none, for want of some blanks before them. Answers whether there were any.
    private static func refuseMisplaced(
        _ keys: [String],
        beside action: String,
        _ catalogue: ActionCatalogue,
        _ fields: inout Fields
    ) -> Bool {
        guard let declaration = catalogue[action], fields.entry(action)?.value.isNull == true else { return false }
        let misplaced = keys.filter { key in declaration.arguments.contains { $0.name.utf8.elementsEqual(key.utf8) } }
        for key in misplaced {
            guard let entry = fields.entry(key) else { continue }
            fields.refuse(
                "playbook/misplaced-argument",
                "'\(key)' stands beside '\(action)', not below it",
                at: entry.keyRange,
                help: "indent it further than '\(action)', whose argument it is"
            )
        }
        return !misplaced.isEmpty
    }

    /// The action most likely meant; `restart` for `systemd.restart` is no slip of the pen.
    private static func suggestion(for key: String, _ names: [String]) -> String {
        let longer = names.first { $0.hasSuffix(".\(key)") }
        return longer.map { "did you mean '\($0)'?" } ?? Names.suggestion(for: key, among: names)
    }

    /// Whether an unknown key is meant as an action rather than as one of the step's own keys.
    private static func looksLikeAction(_ key: String, _ names: [String], isOnly: Bool) -> Bool {
        key.utf8.contains(UInt8(ascii: ".")) || isOnly || suggestion(for: key, names).hasPrefix("did")
    }
}

extension Shape where Value == Step.Retry {
    static var retry: Shape<Step.Retry> {
        .structure("how often to try, such as {attempts: 3, backoff: 1s..30s}") { fields in
            let attempts = fields.required("attempts", .integer(in: 2...100))
            let backoff = fields.value("backoff", .spanRange, default: .seconds(1) ... .seconds(30))
            return attempts.map { Step.Retry(attempts: $0, backoff: backoff) }
        }
    }
}

extension Shape where Value == ClosedRange<Milliseconds> {
    /// `1s..30s`, or one duration for both ends.
    static var spanRange: Shape<ClosedRange<Milliseconds>> {
        Shape<String>.string.narrowed(to: "a duration, or two such as 1s..30s, the shorter first") { text in
            let bytes = Array(text.utf8)
            let dots = bytes.indices.dropLast().first { bytes[$0] == UInt8(ascii: ".") && bytes[$0 + 1] == bytes[$0] }
            let parts = dots.map { [bytes[..<$0], bytes[($0 + 2)...]] } ?? [bytes[...]]
            let spans = parts.compactMap { try? Milliseconds(promQL: String(decoding: $0, as: UTF8.self)) }
            guard spans.count == parts.count, let low = spans.first, let high = spans.last, low <= high else {
                return nil
            }
            return low...high
        }
    }
}

extension Shape where Value == Step.Condition {
    /// What stands wholly in braces is a template, all else an expression.
    static func condition(_ scope: TemplateScope) -> Shape<Step.Condition> {
        Shape("a template or a PromQL expression") { node, problems in
            guard let template = Shape<PlaybookTemplate>.template.decode(node, problems) else { return nil }
            scope.check(template, problems)
            let text = template.text.text
            if !template.isLiteral, text.hasPrefix("{{"), text.hasSuffix("}}") { return .template(template) }
            return ExpressionTemplate(template, scope, problems).map { .expression($0) }
        }
    }
}

extension Shape where Value == ArgumentTemplate {
    /// The arguments of an action; nothing at all stands for none.
    static var argumentRecord: Shape<ArgumentTemplate> {
        Shape("the action's arguments (a mapping)") { node, problems in
            if node.isNull { return .record([], range: node.range) }
            guard node.mapping != nil else {
                problems.wrongType(node, expected: "the action's arguments (a mapping)", help: "write 'name: value'")
                return nil
            }
            return Shape<ArgumentTemplate>.argument.decode(node, problems)
        }
    }

    /// Any value, with templates in the places of texts. The reader of YAML bounds how deep it goes.
    static var argument: Shape<ArgumentTemplate> {
        Shape("a value") { node, problems in
            switch node.content {
            case .scalar:
                return Shape<PlaybookTemplate>.template.decode(node, problems).map { .text($0) }
            case .sequence(let nodes):
                let values = nodes.compactMap { Shape<ArgumentTemplate>.argument.decode($0, problems) }
                return values.count == nodes.count ? .list(values, range: node.headline) : nil
            case .mapping(let mapping):
                let members = mapping.entries.compactMap { entry in
                    Shape<ArgumentTemplate>.argument.decode(entry.value, problems).map {
                        ArgumentTemplate.Member(name: Placed(entry.key, range: entry.keyRange), value: $0)
                    }
                }
                return members.count == mapping.entries.count ? .record(members, range: node.headline) : nil
            }
        }
    }
}
