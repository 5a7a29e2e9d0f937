import EventLoop
import JSON
import Metrics
import Playbooks
import Systemd

extension WaitSleep {
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        let span = request.arguments.duration("duration") ?? .zero
        do {
            try await pause(for: .milliseconds(span.rawValue))
            return ActionOutcome(.succeeded, message: "waited \(span.promQLText)")
        } catch {
            return ActionOutcome(.cancelled)
        }
    }
}

extension WaitFor {
    /// Samples come at intervals of seconds; asking more often than this tells nothing new.
    private static let interval = Duration.milliseconds(500)

    /// Asks until the expression has returned something for as long as asked.
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        let expression = request.arguments.text("expr") ?? ""
        let hold = Duration.milliseconds(request.arguments.duration("hold")?.rawValue ?? 0)
        let within = Duration.milliseconds(request.arguments.duration("within")?.rawValue ?? 60_000)
        let began = MonotonicInstant.now
        var trueSince: MonotonicInstant?
        var trouble = "it returned nothing"
        while MonotonicInstant.now - began < within, !Task.isCancelled {
            switch await tools.evaluate(expression) {
            case .success(true):
                let since = trueSince ?? .now
                trueSince = since
                if .now - since >= hold { return ActionOutcome(.succeeded, message: "\(expression) holds") }
            case .success(false): trueSince = nil
            case .failure(let failure):
                trueSince = nil
                trouble = failure.description
            }
            try? await pause(for: Self.interval)
        }
        if Task.isCancelled { return ActionOutcome(.cancelled) }
        return ActionOutcome(.failed("\(expression) did not hold within \(within): \(trouble)"))
    }
}

extension CheckExpression {
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        let expression = request.arguments.text("expr") ?? ""
        switch await tools.evaluate(expression) {
        case .success(true): return ActionOutcome(.succeeded, message: "\(expression) holds")
        case .success(false): return ActionOutcome(.failed("\(expression) returned nothing"))
        case .failure(let failure): return ActionOutcome(.failed(failure.description))
        }
    }
}

extension CheckUnit {
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        guard let manager = tools.manager else { return .withoutSystemd }
        let unit = request.arguments.text("unit") ?? ""
        let wanted = request.arguments.text("state") ?? "active"
        do throws(SystemdError) {
            let state = try await manager.state(of: unit)
            let sub = request.arguments.text("sub")
            let isRight = state.active.rawValue == wanted && (sub.map { $0 == state.sub } ?? true)
            let found = "\(unit) is \(state.active.rawValue) (\(state.sub))"
            return ActionOutcome(isRight ? .succeeded : .failed(found), message: found, after: state.facts)
        } catch {
            return ActionOutcome(error)
        }
    }
}

extension Notify {
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        let receiver = request.arguments.text("receiver") ?? ""
        switch await tools.notify(receiver, request.arguments.text("message") ?? "", request) {
        case .success: return ActionOutcome(.succeeded, message: "handed to \(receiver)")
        case .failure(let failure): return ActionOutcome(.failed(failure.description))
        }
    }
}

extension AlertSilence {
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        let matchers = request.arguments.texts("matchers") ?? []
        let span = request.arguments.duration("for") ?? .zero
        let comment = request.arguments.text("comment") ?? "run \(request.key.run) of \(request.playbook)"
        switch await tools.silence(matchers, span, comment, request) {
        case .success(let id): return ActionOutcome(.succeeded, message: "silence \(id)", undo: .string(id))
        case .failure(let failure): return ActionOutcome(.failed(failure.description))
        }
    }
}
