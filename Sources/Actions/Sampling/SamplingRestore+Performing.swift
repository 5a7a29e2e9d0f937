import EventLoop
import JSON
import Metrics
import Playbooks

extension SamplingRestore {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let target = try SamplingTarget(order)
        let originals = SamplingOriginals(order.tools)
        let (first, number) = try await target.read()
        guard let remembered = try await offload({ try originals.original(of: target) }) else {
            return ActionOutcome(
                .succeeded,
                message: "\(target.words) is \(first) and was never lowered",
                before: .string(first),
                after: .string(first)
            )
        }
        guard let goal = BoundedNumber(remembered)?.value else {
            throw DeedFailure("the remembered rate '\(Wording.shown(remembered))' is not a number")
        }
        var value = number.value
        var undo: Undo?
        do {
            while value < goal {
                value = min(goal, value + (order.arguments.number("step") ?? goal))
                // The last step writes the very text that was there.
                let text = value == goal ? remembered : number.written(value, spreads: true)
                undo = Self.combined(undo, try await target.write(text))
                guard value < goal else { break }
                let every = order.arguments.duration("every") ?? .minutes(1)
                try await pause(for: .milliseconds(every.rawValue))
            }
        } catch {
            try await Self.turnBack(undo, order, DeedFailure(error))
        }
        try await offload { try originals.forget(target) }
        return ActionOutcome(
            .succeeded,
            message: "restored \(target.words) from \(first) to \(remembered)",
            before: .string(first),
            after: .string(remembered),
            undo: undo?.json
        )
    }

    /// The alert is back, or the time is over: down again to where it began, whatever becomes of this task.
    private static func turnBack(_ undo: Undo?, _ order: Order, _ failure: DeedFailure) async throws {
        var failure = failure
        if let undo {
            let result = await Task { try await undo.perform(order.tools) }.result
            switch result {
            case .success: failure.message += "; the rate is back where it was before this step"
            case .failure(let error):
                failure.message += "; and the rate could not be turned back: \(DeedFailure(error).message)"
            }
        }
        throw failure
    }

    /// The first step's former content, and the last step's written one.
    private static func combined(_ former: Undo?, _ new: Undo) -> Undo {
        guard case .all(let olds) = former, case .all(let news) = new,
            case .file(let path, let start, _, _) = olds.first,
            case .file(_, _, let written, _) = news.first
        else { return former ?? new }
        return .all([.file(path: path, former: start, written: written, units: [])] + news.dropFirst())
    }
}
