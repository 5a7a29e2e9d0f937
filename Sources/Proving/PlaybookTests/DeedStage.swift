import Metrics
import Playbooks
import YAML

/// Deeds under way in a test, which come to what the test says.
///
/// Where it says nothing they succeed after a second; those that only wait or look at the data do so.
struct DeedStage {
    struct Pending {
        enum Course {
            case ends(ActionOutcome)
            /// Ends well once the expression has been true for so long, and badly when its time is over.
            case watches(String, hold: Milliseconds, since: Milliseconds?, until: Milliseconds)
        }

        let request: ActionRequest
        var due: Milliseconds
        var course: Course
    }

    private let scripts: [DeedScript]
    private var uses: [String: Int] = [:]
    private(set) var pending: [Pending] = []

    private static let lookEvery = Milliseconds.seconds(1)

    init(_ scripts: [DeedScript]) {
        self.scripts = scripts
    }

    var nextDue: Milliseconds? { pending.map(\.due).min() }

    mutating func begin(_ request: ActionRequest, at now: Milliseconds) {
        if let answer = answer(for: request.action) { return perform(request, answer, at: now) }
        let arguments = request.arguments
        switch request.action {
        case "wait.sleep":
            let span = arguments.duration("duration") ?? .zero
            perform(request, DeedScript.Answer(result: .succeeds, takes: span), at: now)
        case "wait.for", "check.expr":
            guard case .text(let expression) = arguments["expr"] else { fallthrough }
            let isCheck = request.action == "check.expr"
            let within = isCheck ? .zero : arguments.duration("within") ?? .minutes(1)
            let course = Pending.Course.watches(
                expression,
                hold: arguments.duration("hold") ?? .zero,
                since: nil,
                until: now + within
            )
            pending.append(Pending(request: request, due: now, course: course))
        default: perform(request, .usual, at: now)
        }
    }

    private mutating func answer(for action: String) -> DeedScript.Answer? {
        guard let script = scripts.first(where: { $0.action.value.utf8.elementsEqual(action.utf8) }),
            let last = script.answers.last
        else { return nil }
        let use = uses[action, default: 0]
        uses[action] = use + 1
        return use < script.answers.count ? script.answers[use] : last
    }

    private mutating func perform(_ request: ActionRequest, _ answer: DeedScript.Answer, at now: Milliseconds) {
        let outcome: ActionOutcome
        if answer.takes > request.timeout {
            outcome = ActionOutcome(.timedOut)
        } else {
            switch answer.result {
            case .succeeds: outcome = ActionOutcome(.succeeded)
            case .fails(let reason): outcome = ActionOutcome(.failed(reason))
            case .unknown: outcome = ActionOutcome(.unknown)
            }
        }
        let due = now + Swift.min(answer.takes, request.timeout)
        pending.append(Pending(request: request, due: due, course: .ends(outcome)))
    }

    /// Takes the deeds that end now.
    mutating func finish(at now: Milliseconds, isTrue: (String) -> Bool) -> [(ActionRequest, ActionOutcome)] {
        var ended: [(ActionRequest, ActionOutcome)] = []
        var left: [Pending] = []
        for var deed in pending {
            guard deed.due <= now else {
                left.append(deed)
                continue
            }
            switch deed.course {
            case .ends(let outcome): ended.append((deed.request, outcome))
            case .watches(let expression, let hold, let since, let until):
                let trueSince = isTrue(expression) ? since ?? now : nil
                if let trueSince, now - trueSince >= hold {
                    ended.append((deed.request, ActionOutcome(.succeeded)))
                } else if now >= until {
                    ended.append((deed.request, ActionOutcome(.failed("'\(expression)' did not hold in time"))))
                } else {
                    deed.course = .watches(expression, hold: hold, since: trueSince, until: until)
                    deed.due = Swift.min(now + Self.lookEvery, until)
                    left.append(deed)
                }
            }
        }
        pending = left
        return ended
    }

    /// Takes a deed that is told to stop.
    mutating func cancel(_ key: ActionKey) -> Bool {
        let count = pending.count
        pending.removeAll { $0.request.key == key }
        return pending.count < count
    }

    /// What was under way when medic was killed: nobody hears how it ended.
    mutating func forgetAll() { pending = [] }
}
