import Metrics
import Playbooks
import YAML

/// How what came of a playbook differs from what was expected.
public struct PlaybookMismatch: Sendable {
    /// One thing that is different, both sides in the words of the test file.
    public struct Difference: Sendable, Hashable {
        public let name: String
        public let expected: String
        public let got: String
    }

    public let differences: [Difference]
    /// What happened to the newest run, line by line, for whoever has to find out why.
    public let story: [String]

    /// Nil when nothing differs.
    init?(_ expectation: PlaybookExpectation, in world: HealingWorld) {
        let course = PlaybookCourse(expectation, in: world)
        var found: [Difference] = []
        func compare<Value: Equatable>(_ name: String, _ wish: Value?, _ got: Value, _ text: (Value) -> String) {
            guard let wish, wish != got else { return }
            found.append(Difference(name: name, expected: text(wish), got: text(got)))
        }
        func list(_ words: [String]) -> String { "[\(words.joined(separator: ", "))]" }
        compare("runs", expectation.runs, course.begun.count) { "\($0)" }
        compare("state", expectation.state, course.state) { $0 }
        compare("steps", expectation.steps?.map(\.value), course.steps, list)
        compare("refused_by", expectation.refusedBy?.sorted(), course.refusals.sorted(), list)
        if let reason = expectation.reason, !course.reason.contains(reason) {
            found.append(Difference(name: "reason", expected: reason, got: course.reason))
        }
        compare("notifications", expectation.notifications, course.notifications, list)
        compare("held", expectation.isHeld, course.isHeld) { "\($0)" }
        if found.isEmpty { return nil }
        differences = found
        story = course.story
    }
}

/// What came of one playbook by now, in the words of test files.
private struct PlaybookCourse {
    /// The runs that began their steps.
    let begun: [Run]
    let newest: Run?
    let notifications: [String]
    private let world: HealingWorld

    init(_ expectation: PlaybookExpectation, in world: HealingWorld) {
        self.world = world
        func isMeant(_ run: Run) -> Bool {
            run.playbook.utf8.elementsEqual(expectation.playbook.value.utf8)
                && expectation.subject.allSatisfy { label in
                    run.subject[label.name].map { $0.utf8.elementsEqual(label.value.utf8) } ?? false
                }
        }
        let recorded = world.chronicle.runs.filter(isMeant)
        // Those that are only considered are not recorded yet.
        let considered = world.openRuns.map(\.run).filter { run in
            isMeant(run) && !recorded.contains { $0.id == run.id }
        }
        begun = recorded.filter { $0.progress.startedAt != nil }
        newest = (recorded + considered).last
        let runs = Set((recorded + considered).map(\.id))
        notifications = world.chronicle.notices
            .filter { told in told.notice.run.map { runs.contains($0) } ?? isAbout(told.notice, expectation) }
            .map(\.notice.occasion.rawValue)
        func isAbout(_ notice: HealingNotice, _ expectation: PlaybookExpectation) -> Bool {
            notice.playbook.map { $0.utf8.elementsEqual(expectation.playbook.value.utf8) } ?? false
        }
    }

    var state: String { newest?.progress.phase.name ?? PlaybookExpectation.noRun }
    var steps: [String] { newest.map { world.chronicle.attempts[$0.id] ?? [] } ?? [] }
    var reason: String { newest?.progress.reason ?? "" }
    var isHeld: Bool { newest?.alerts.contains { world.chronicle.held.contains($0) } ?? false }

    var refusals: [String] {
        newest?.progress.verdicts.filter { !$0.isAllowed }.map(\.guardName.rawValue) ?? []
    }

    var story: [String] {
        guard let run = newest else { return ["no alert has started it"] }
        func time(_ moment: Moment) -> String { (moment.wall - world.start).promQLText }
        var lines = ["run \(run.id) for \(run.subject), opened at \(time(run.openedAt))"]
        for verdict in run.progress.verdicts where !verdict.isAllowed {
            lines.append("\(verdict.guardName.rawValue) refuses: \(verdict.sentence)")
        }
        for step in run.steps {
            let attempt = step.attempt > 1 ? ", attempt \(step.attempt)" : ""
            lines.append("\(time(step.begunAt)) \(run.plan.steps[step.step].action) \(step.word)\(attempt)")
        }
        if let looks = world.chronicle.looks[run.id] {
            lines.append("looked at \(looks.count == 1 ? "once" : "\(looks.count) times"), at last \(looks.last.words)")
        }
        if let ended = run.progress.endedAt {
            lines.append("\(time(ended)) \(run.progress.phase.name): \(run.progress.reason)")
        } else if !run.progress.reason.isEmpty {
            lines.append(run.progress.reason)
        }
        for told in world.chronicle.notices where told.notice.run == run.id {
            lines.append("\(told.time.promQLText) told: \(told.notice.occasion.rawValue)")
        }
        return lines
    }
}

extension Measurement {
    fileprivate var words: String {
        switch self {
        case .healthy: "healthy"
        case .ill: "ill"
        case .inconclusive(let reason): "inconclusive: \(reason)"
        }
    }
}
