import Diagnostics
public import Metrics
import Rules
public import YAML

extension Shape where Value == Playbook {
    static func playbook(in source: SourceText, _ surroundings: PlaybookSurroundings) -> Shape<Playbook> {
        .structure("a playbook") { fields in
            let name = fields.required("name", .playbookName)
            let summary = fields.value("summary", .string, default: "")
            let when = fields.value("when", .list(of: .trigger), default: [])
            let mode = fields.value("mode", .choice, default: Playbook.Mode.observe)
            let subject = fields.optional("subject", .subject)
            let (variables, scope) = variables(&fields, TemplateScope(surroundings, when: when, subject: subject))
            let guards = fields.optional("guards", .guards(scope))
            let rungs = rungs(&fields, scope)
            let verification = fields.optional("verify", .verification(scope))
            let onUnhealed = fields.value("on_unhealed", .list(of: .step(scope)), default: [])
            let onResolved = fields.value("on_resolved", .list(of: .step(scope)), default: [])
            let place = name?.range ?? fields.node.headline
            let measured = verification ?? .standard(at: place)
            let page = fields.optional(
                "page",
                .page(surroundings, standardHold: standardHold(mode, measured), at: place)
            )
            let continues = fields.value("continue", .boolean, default: false)
            let touchesProtected = fields.value("i_know_what_i_do", .boolean, default: false)
            let acceptsWebhooks = fields.value("from_webhooks", .boolean, default: false)
            guard let name, let rungs else { return nil }
            let playbook = Playbook(
                name: name,
                summary: summary,
                when: when,
                mode: mode,
                subject: subject,
                variables: variables,
                guards: guards ?? .standard(at: place),
                rungs: rungs,
                verification: measured,
                onUnhealed: onUnhealed,
                onResolved: onResolved,
                page: page ?? .standard(hold: standardHold(mode, measured), at: place),
                continues: continues,
                touchesProtected: touchesProtected,
                acceptsWebhooks: acceptsWebhooks,
                range: fields.node.range,
                source: source
            )
            PlaybookChecks.run(playbook, fields.problems)
            return playbook
        }
    }

    /// Notifications wait while the run has a chance, where it needs nobody: until verification ends, and a minute.
    private static func standardHold(_ mode: Playbook.Mode, _ verification: Playbook.Verification) -> Milliseconds {
        mode == .auto ? verification.within + .minutes(1) : .zero
    }

    /// The variables, each checked with those before it in scope, and the scope of all that follows.
    private static func variables(
        _ fields: inout Fields,
        _ outer: TemplateScope
    ) -> ([Playbook.Variable], TemplateScope) {
        guard let variables = fields.optional("vars", .variables) else {
            // What cannot be read may have been any names.
            return ([], Names.contains(fields.keys, "vars") ? outer.withUnknownVariables() : outer)
        }
        var scope = outer
        for (index, variable) in variables.enumerated() {
            scope.later = variables[index...].map(\.name.value)
            scope.check(variable.template, fields.problems)
            scope.add(variable)
        }
        scope.later = []
        return (variables, scope)
    }

    /// `steps`, or the rungs of `try`; nil, and a problem, when there are none or both.
    private static func rungs(_ fields: inout Fields, _ scope: TemplateScope) -> [[Step]]? {
        let steps = Shape<[Step]>.list(of: .step(scope))
        guard let key = fields.exactlyOne(of: ["steps", "try"]) else {
            // What they hold is looked at all the same.
            _ = fields.optional("steps", steps)
            _ = fields.optional("try", Shape<[[Step]]>.list(of: steps))
            return nil
        }
        let rungs =
            key == "try" ? fields.required("try", .list(of: steps)) : fields.required("steps", steps).map { [$0] }
        guard let rungs else { return nil }
        guard !rungs.isEmpty, rungs.allSatisfy({ !$0.isEmpty }) else {
            let what = key == "try" ? "a rung of 'try' has no steps" : "there are no steps"
            fields.refuse("playbook/no-steps", what, at: key, help: "say what is to be done, for example 'notify'")
            return nil
        }
        return rungs
    }
}

extension Shape where Value == Placed<String> {
    /// A name that can stand in commands, addresses and the names of locks.
    static var playbookName: Shape<Placed<String>> {
        Shape("the playbook's name") { node, problems in
            guard let name = Shape<String>.nonEmptyString.decode(node, problems) else { return nil }
            let isFit = Names.isPlain(name, extra: "-.", limit: 100) && name.utf8.first != UInt8(ascii: "-")
            guard isFit else {
                problems.error(
                    "playbook/bad-name",
                    "'\(Names.shown(name))' cannot be the name of a playbook",
                    at: node.range,
                    help: "use letters, digits, '-', '_' and '.', at most 100"
                )
                return nil
            }
            return Placed(name, range: node.range)
        }
    }
}

extension Shape where Value == Playbook.Trigger {
    static var trigger: Shape<Playbook.Trigger> {
        .structure("an alert that starts the playbook") { fields in
            let lists = fields.value(
                "matchers",
                .either(scalar: Shape<[LabelMatcher]>.matchers.map { [$0] }, list: .list(of: .matchers)),
                default: []
            )
            let firingFor = fields.value("firing_for", .span, default: .zero)
            return Playbook.Trigger(matchers: lists.flatMap { $0 }, firingFor: firingFor, range: fields.node.headline)
        }
    }
}

extension Shape where Value == [LabelMatcher] {
    /// Matchers in Alertmanager's notation.
    static var matchers: Shape<[LabelMatcher]> {
        Shape("a matcher such as 'job=\"api\"'") { node, problems in
            guard let text = Shape<PlacedText>.placedText.decode(node, problems) else { return nil }
            do throws(MatcherListError) {
                let matchers = try LabelMatcher.list(text.text)
                if !matchers.isEmpty { return matchers }
                problems.error(
                    "playbook/bad-matcher",
                    "the matcher is empty",
                    at: text.range,
                    help: "write 'job=\"api\"'"
                )
            } catch {
                problems.error("playbook/bad-matcher", error.message, at: text.range(of: error.range), help: error.help)
            }
            return nil
        }
    }
}

extension Shape where Value == [Placed<String>] {
    /// The labels that name a patient.
    static var subject: Shape<[Placed<String>]> {
        Shape("a list of label names") { node, problems in
            guard
                let names = Shape<[Placed<String>]>.list(of: Shape<String>.nonEmptyString.placed).decode(node, problems)
            else {
                return nil
            }
            if names.isEmpty {
                problems.error(
                    "playbook/bad-subject",
                    "without labels all alerts would be one patient",
                    at: node.headline,
                    help: "name the labels, or leave 'subject' out for all labels of the alert"
                )
                return nil
            }
            return names
        }
    }
}

extension Shape where Value == [Playbook.Variable] {
    /// Names and their templates in the order of the file.
    static var variables: Shape<[Playbook.Variable]> {
        let pairs = Shape<[YAMLPair<PlaybookTemplate>]>.map(of: .template)
        return Shape(pairs.expectation) { node, problems in
            guard let decoded = pairs.decode(node, problems) else { return nil }
            for pair in decoded where !Names.isIdentifier(pair.key.value) {
                problems.error(
                    "playbook/bad-name",
                    "'\(Names.shown(pair.key.value))' cannot be the name of a variable",
                    at: pair.key.range,
                    help: "use letters, digits and '_', so that .Vars.name can be written"
                )
            }
            return decoded.map { Playbook.Variable(name: $0.key, template: $0.value) }
        }
    }
}

extension Shape where Value == Playbook.Verification {
    static func verification(_ scope: TemplateScope) -> Shape<Playbook.Verification> {
        .structure("how success is measured") { fields in
            let standard = Playbook.Verification.standard(at: fields.node.headline)
            return Playbook.Verification(
                every: fields.value("every", .positiveSpan, default: standard.every),
                healthy: fields.value("healthy", .integer(in: 1...1_000), default: standard.healthy),
                within: fields.value("within", .positiveSpan, default: standard.within),
                inconclusive: fields.value("inconclusive", .integer(in: 1...1_000), default: standard.inconclusive),
                expression: fields.optional("expr", .expression(scope)),
                range: fields.node.headline
            )
        }
    }
}

extension Playbook.Verification {
    static func standard(at range: Range<Int>) -> Self {
        Self(
            every: .seconds(15),
            healthy: 3,
            within: .minutes(5),
            inconclusive: 4,
            expression: nil,
            range: range
        )
    }
}

extension Shape where Value == Playbook.Page {
    static func page(
        _ surroundings: PlaybookSurroundings,
        standardHold: Milliseconds,
        at place: Range<Int>
    ) -> Shape<Playbook.Page> {
        .structure("what becomes of notifications") { fields in
            let standard = Playbook.Page.standard(hold: standardHold, at: place)
            let occasions = fields.optional("on", .list(of: Shape<Playbook.Page.Occasion>.choice))
            let receiver = fields.optional("receiver", Shape<String>.nonEmptyString.placed)
            if let receiver, let known = surroundings.receivers, !Names.contains(known, receiver.value) {
                fields.refuse(
                    "playbook/unknown-receiver",
                    "there is no receiver '\(Names.shown(receiver.value))'",
                    at: receiver.range,
                    help: Names.suggestion(for: receiver.value, among: known)
                )
            }
            return Playbook.Page(
                hold: fields.value("hold", Shape<Milliseconds>.span.placed, default: standard.hold),
                occasions: occasions.map { Set($0) } ?? standard.occasions,
                receiver: receiver
            )
        }
    }
}

extension Playbook.Page {
    /// Whoever says nothing wants to hear of everything but success.
    static func standard(hold: Milliseconds, at place: Range<Int>) -> Self {
        Self(hold: Placed(hold, range: place), occasions: Set(Occasion.allCases).subtracting([.healed]), receiver: nil)
    }
}

extension Shape where Value == Milliseconds {
    static var span: Shape<Milliseconds> { .milliseconds }

    /// A duration above zero.
    public static var positiveSpan: Shape<Milliseconds> {
        span.narrowed(to: "a duration of more than nothing, such as 30s") { $0 > .zero ? $0 : nil }
    }
}
