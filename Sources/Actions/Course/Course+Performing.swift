import EventLoop
import JSON
import Metrics
import Playbooks

extension WaitFor {
    /// Samples come at intervals of seconds; asking more often than this tells nothing new.
    private static let interval = Duration.milliseconds(500)

    func perform(_ order: Order) async throws -> ActionOutcome {
        let expression = try order.text("expr")
        let hold = Duration.milliseconds((order.arguments.duration("hold") ?? .zero).rawValue)
        let within = Duration.milliseconds((order.arguments.duration("within") ?? .minutes(1)).rawValue)
        let begin = MonotonicInstant.now
        var since: MonotonicInstant?
        var last = "it returned nothing"
        while true {
            let answer = await order.tools.evaluate(expression)
            let now = MonotonicInstant.now
            switch answer {
            case .success(true):
                since = since ?? now
                last = "it did not hold for long enough"
            case .success(false):
                since = nil
                last = "it returned nothing"
            case .failure(let failure):
                since = nil
                last = failure.description
            }
            if let since, now - since >= hold {
                return ActionOutcome(
                    .succeeded,
                    message: "\(Wording.shown(expression)) held after \((now - begin).wholeNanoseconds / 1_000_000) ms"
                )
            }
            guard now - begin < within else {
                throw DeedFailure("\(Wording.shown(expression)) was waited for in vain: \(Wording.shown(last))")
            }
            let rest = within - (now - begin)
            let wish = since.map { hold - (now - $0) } ?? Self.interval
            try await pause(for: min(Self.interval, max(min(rest, wish), .milliseconds(1))))
        }
    }
}

extension WaitSleep {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let span = order.arguments.duration("duration") ?? .zero
        try await pause(for: .milliseconds(span.rawValue))
        return ActionOutcome(.succeeded, message: "waited \(span.promQLText)")
    }
}

extension Approve {
    func perform(_ order: Order) async throws -> ActionOutcome {
        throw DeedFailure("approvals are asked for by the run itself, not by a deed")
    }
}

extension PlaybookRun {
    func perform(_ order: Order) async throws -> ActionOutcome {
        throw DeedFailure("another playbook's steps are taken by the run itself, not by a deed")
    }
}

extension Notify {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let receiver = try order.text("receiver")
        if case .failure(let failure) = await order.tools.notify(receiver, try order.text("message"), order.request) {
            throw DeedFailure("\(Wording.shown(receiver)) could not be told: \(failure)")
        }
        return ActionOutcome(.succeeded, message: "told \(Wording.shown(receiver))")
    }
}

extension AlertSilence {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let matchers = order.arguments.texts("matchers") ?? order.arguments.text("matchers").map { [$0] } ?? []
        guard !matchers.isEmpty, let span = order.arguments.duration("for") else {
            throw DeedFailure("'matchers' are missing")
        }
        let comment = order.arguments.text("comment") ?? "by run \(order.request.key.run) of medic"
        let identity = try await order.tools.silence(matchers, span, comment, order.request).get()
        return ActionOutcome(
            .succeeded,
            message: "silenced \(Wording.list(matchers)) for \(span.promQLText)",
            after: .string(identity),
            undo: Undo.silence(identity: identity).json
        )
    }
}
