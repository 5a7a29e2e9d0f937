import Diagnostics
import Metrics
import Playbooks
import Rules
import YAML

extension PlaybookStage {
    /// Reads the parts of a test that are about playbooks.
    static func decode(_ fields: inout Fields) -> PlaybookStage {
        let units = fields.value("units", .map(of: .unitFacts), default: [])
        let usual = usualUptime
        return PlaybookStage(
            units: units.map { pair in
                var facts = pair.value
                facts.name = pair.key.value
                return facts
            },
            hostUptime: fields.value("host_uptime", .milliseconds, default: usual),
            medicUptime: fields.value("medic_uptime", .milliseconds, default: usual),
            intervals: fields.value("active_time_intervals", .list(of: .nonEmptyString), default: []),
            deeds: fields.value("actions", .map(of: .deedAnswers), default: [])
                .map { DeedScript(action: $0.key, answers: $0.value) },
            words: fields.value("operator", .list(of: .operatorWord), default: []).sorted { $0.time < $1.time },
            restarts: fields.value("restarts", .list(of: .milliseconds), default: []).sorted(),
            expectations: fields.value("playbook_test", .list(of: .playbookExpectation), default: [])
        )
    }
}

extension Shape where Value == UnitFacts {
    fileprivate static var unitFacts: Shape<UnitFacts> {
        .structure("what a unit is like when the test begins") { fields in
            let isActive = fields.value("active", .boolean, default: true)
            let uptime = fields.value("uptime", .milliseconds, default: PlaybookStage.usualUptime)
            var facts = UnitFacts(name: "", uptime: isActive ? uptime : nil)
            facts.isChanging = fields.value("changing", .boolean, default: false)
            facts.needs = fields.value("needs", .list(of: .nonEmptyString), default: [])
            facts.failing = fields.value("failing", .list(of: .nonEmptyString), default: [])
            return facts
        }
    }
}

extension Shape where Value == [DeedScript.Answer] {
    fileprivate static var deedAnswers: Shape<[DeedScript.Answer]> {
        .either(
            list: Shape<[DeedScript.Answer]>.list(of: .deedAnswer),
            mapping: Shape<DeedScript.Answer>.deedAnswer.map { [$0] }
        )
    }
}

extension Shape where Value == DeedScript.Answer {
    fileprivate static var deedAnswer: Shape<DeedScript.Answer> {
        .structure("what comes of a deed, such as {fails: why, takes: 5s}") { fields in
            let reason = fields.optional("fails", .nonEmptyString)
            let isUnknown = fields.value("unknown", .boolean, default: false)
            let takes = fields.value("takes", .milliseconds, default: DeedScript.Answer.usual.takes)
            if reason != nil && isUnknown {
                fields.refuse("yaml/conflict", "only one of 'fails' or 'unknown' can be given", at: "unknown")
            }
            let result: DeedScript.Answer.Result = reason.map { .fails($0) } ?? (isUnknown ? .unknown : .succeeds)
            return DeedScript.Answer(result: result, takes: takes)
        }
    }
}

extension Shape where Value == OperatorWord {
    fileprivate static var operatorWord: Shape<OperatorWord> {
        .structure("what an operator says at a time") { fields in
            let time = fields.value("at", .milliseconds, default: .zero)
            let act = fields.required("does", Shape<OperatorWord.Act>.choice)
            let playbook = fields.optional("playbook", Shape<String>.nonEmptyString.placed)
            let labels = fields.value("labels", .labelList, default: .empty)
            switch act {
            case .approve, .refuse, .cancel, .start:
                if playbook == nil, let act {
                    fields.refuse("yaml/missing-key", "'\(act.rawValue)' needs a 'playbook'", at: fields.node.headline)
                }
            case .stopHealing, .resumeHealing, nil: break
            }
            return act.map {
                OperatorWord(time: time, act: $0, playbook: playbook, labels: Labels(labels.labels))
            }
        }
    }
}

extension Shape where Value == PlaybookExpectation {
    fileprivate static var playbookExpectation: Shape<PlaybookExpectation> {
        .structure("what has come of a playbook by a time") { fields in
            let time = fields.value("eval_time", .milliseconds, default: .zero)
            let playbook = fields.required("playbook", Shape<String>.nonEmptyString.placed)
            let subject = fields.value("subject", .labelList, default: .empty)
            let wishes = fields.required("expect", .wishes)
            let range = fields.node.headline
            guard let playbook, let wishes else { return nil }
            return PlaybookExpectation(
                time: time,
                playbook: playbook,
                subject: Labels(subject.labels),
                runs: wishes.runs,
                state: wishes.state,
                steps: wishes.steps,
                refusedBy: wishes.refusedBy,
                reason: wishes.reason,
                notifications: wishes.notifications,
                isHeld: wishes.isHeld,
                range: range
            )
        }
    }
}

/// What stands under `expect`.
private struct Wishes: Sendable {
    var runs: Int?
    var state: String?
    var steps: [Placed<String>]?
    var refusedBy: [String]?
    var reason: String?
    var notifications: [String]?
    var isHeld: Bool?
}

extension Shape where Value == Wishes {
    fileprivate static var wishes: Shape<Wishes> {
        .structure("what is expected, such as {state: healed}") { fields in
            var wishes = Wishes()
            wishes.runs = fields.optional("runs", .integer(in: 0...1_000_000))
            wishes.state = fields.optional("state", .word(among: RunPhase.names + [PlaybookExpectation.noRun]))
            wishes.steps = fields.optional("steps", .list(of: Shape<String>.nonEmptyString.placed))
            let guardName = Shape<String>.word(among: GuardName.allCases.map(\.rawValue))
            wishes.refusedBy = fields.optional(
                "refused_by",
                .either(scalar: guardName.map { [$0] }, list: .list(of: guardName))
            )
            wishes.reason = fields.optional("reason", .nonEmptyString)
            let occasion = Shape<String>.word(among: HealingNotice.Occasion.allCases.map(\.rawValue))
            wishes.notifications = fields.optional("notifications", .list(of: occasion))
            wishes.isHeld = fields.optional("held", .boolean)
            return wishes
        }
    }
}

extension Shape where Value == String {
    /// One of some words, as it stands.
    fileprivate static func word(among words: [String]) -> Shape<String> {
        let expectation = "one of " + words.joined(separator: ", ")
        return Shape<String>.nonEmptyString.narrowed(to: expectation) { text in
            words.first { $0.utf8.elementsEqual(text.utf8) }
        }
    }
}

extension PlaybookExpectation {
    /// The state of a playbook that has not had a run.
    static let noRun = "none"
}

extension RunPhase {
    /// Every state in which a run can be.
    fileprivate static let names =
        ["considered", "waiting", "running", "verifying"] + RunEnding.allCases.map(\.rawValue)
}
