import EventLoop
import JSON
import Playbooks

extension SamplingLower {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let target = try SamplingTarget(order)
        let (text, number) = try await target.read()
        let lower = try Self.lowered(order, number)
        guard lower < number.value else {
            return ActionOutcome(
                .succeeded,
                message: "\(target.words) is \(text), as low as it may be",
                before: .string(text),
                after: .string(text)
            )
        }
        let new = number.written(lower, spreads: true)
        // Remembered before it is changed: a crash in between leaves a memory too many, which restores to what is there.
        try await offload { try SamplingOriginals(order.tools).remember(text, of: target) }
        let undo = try await target.write(new)
        return ActionOutcome(
            .succeeded,
            message: "lowered \(target.words) from \(text) to \(new)",
            before: .string(text),
            after: .string(new),
            undo: undo.json
        )
    }

    func rollback(_ order: Order) async throws -> Undo? {
        let target = try SamplingTarget(order)
        let number = try await target.read().number
        let lower = try Self.lowered(order, number)
        return lower < number.value ? try await target.rollback(number.written(lower, spreads: true)) : nil
    }

    private static func lowered(_ order: Order, _ number: BoundedNumber) throws -> Double {
        guard let factor = order.arguments.number("factor"), let floor = order.arguments.number("floor"), factor > 0,
            factor < 1
        else { throw DeedFailure("'factor' and 'floor' are missing") }
        return max(number.value * factor, floor)
    }
}
