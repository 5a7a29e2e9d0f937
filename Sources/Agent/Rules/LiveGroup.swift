import Configuration
import Diagnostics
import EventLoop
import Metrics
import PromQL
import Rules
import YAML

/// A rule group at work: its evaluator, when it is due, and what its last evaluations were like.
///
/// Belongs to the core's loop, like everything that decides.
final class LiveGroup {
    /// What is known of one rule of the group since it was loaded.
    struct RuleState: Sendable {
        var lastEvaluation: Timestamp?
        var duration = Duration.zero
        var problem: RuleProblem?
        var samples = 0
        var annotations: [String] = []
        var failures: UInt64 = 0
    }

    let evaluator: GroupEvaluator
    let file: RuleFile
    let watch: ChangeWatch?
    /// Who answers its expressions, where that is not the store.
    let datasource: DatasourceSettings?
    /// Whether the datasource has yet to answer for an evaluation that has begun.
    var isAsking = false
    /// The evaluation that comes next by the schedule.
    var due: Timestamp
    var lastEvaluation: Timestamp?
    var lastDuration = Duration.zero
    var evaluations: UInt64 = 0
    var missed: UInt64 = 0
    var rules: [RuleState]
    /// When its state was last handed to the history.
    var savedAt: Timestamp?

    init(_ evaluator: GroupEvaluator, of file: RuleFile, asking datasource: DatasourceSettings? = nil, now: Timestamp) {
        self.evaluator = evaluator
        self.datasource = datasource
        self.file = file
        watch = evaluator.group.evaluatesOnChange ? ChangeWatch(evaluator.group) : nil
        let schedule = evaluator.schedule
        let latest = schedule.due(at: now)
        due = latest == now ? now : latest + schedule.interval
        rules = [RuleState](repeating: RuleState(), count: evaluator.group.rules.count)
    }

    var key: String { evaluator.key }
    var group: RuleGroup { evaluator.group }

    /// Whether a group of another reading of the files says the same, so that this one can go on in its place.
    func isSame(as other: RuleGroup, in source: SourceText) -> Bool {
        file.source[group.range].utf8.elementsEqual(source[other.range].utf8)
    }

    /// The moment of the next evaluation: two evaluations never carry the same one.
    func moment(of time: Timestamp) -> Timestamp {
        lastEvaluation.map { Swift.max(time, $0 + Milliseconds(1)) } ?? time
    }

    /// Evaluates once and notes how it went. `answers` are those of the datasource, which was asked at `began`.
    func evaluate(
        at moment: Timestamp,
        answers: ForeignAnswers = ForeignAnswers(),
        began: MonotonicInstant = .now
    ) -> GroupEvaluation {
        let at = self.moment(of: moment)
        let evaluation = evaluator.evaluate(at: at, answers: answers)
        lastDuration = .now - began
        lastEvaluation = at
        evaluations += 1
        for result in evaluation.rules where rules.indices.contains(result.rule) {
            note(result, at: at)
        }
        return evaluation
    }

    /// Moves the schedule past the moment; evaluations that were slept through are counted and not made up for.
    func reschedule(now: Timestamp) {
        let (next, skipped) = evaluator.schedule.next(after: due, now: now)
        due = next
        missed += UInt64(skipped)
    }

    /// The clock was set: the schedule begins again, in the past of what was if need be.
    func beginAgain(now: Timestamp) {
        if let last = lastEvaluation, last > now { lastEvaluation = nil }
        due = now
    }

    private func note(_ result: RuleEvaluation, at: Timestamp) {
        var state = rules[result.rule]
        state.lastEvaluation = at
        state.duration = lastDuration / Swift.max(1, rules.count)
        state.problem = result.problem
        state.samples = result.samples
        let text = group.rules[result.rule].expression.text.text
        state.annotations = result.annotations.map { $0.text(in: text) } + result.templateProblems + result.remarks
        if result.problem != nil { state.failures += 1 }
        rules[result.rule] = state
    }
}
