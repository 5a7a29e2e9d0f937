import EventLoop
import JSON
import Playbooks

extension ConfigSet {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let path = try order.text("path")
        return try await offload(interruptible: { interruption in
            let change = try Self.change(order)
            let format = order.arguments.text("format")
            let old = try ConfigText(change.former, path: change.path, format: format).value(at: path).text
            let new = try ConfigText(change.content, path: change.path, format: format).value(at: path).text
            guard !change.isNone else {
                return ActionOutcome(
                    .succeeded,
                    message: "\(path) of \(change.path) is \(new) already",
                    before: .string(old),
                    after: .string(new)
                )
            }
            let output = try change.carryOut(check: order.arguments.texts("check") ?? [], order, interruption)
            return ActionOutcome(
                .succeeded,
                message: "set \(path) of \(change.path) from \(Wording.shown(old)) to \(Wording.shown(new))",
                output: output + TextDifference.between(change.former, change.content, path: change.path),
                before: .string(old),
                after: .string(new),
                undo: change.undo.json
            )
        })
    }

    func rollback(_ order: Order) async throws -> Undo? {
        let change = try await offload {
            let change = try Self.change(order)
            try order.tools.versions.store(change.former)
            return change
        }
        return change.isNone ? nil : change.undo(takenUpBy: await change.readers(order))
    }

    private static func change(_ order: Order) throws -> FileChange {
        let file = try order.text("file")
        let former = try FileChange.present(file, order.tools)
        let text = ConfigText(former, path: file, format: order.arguments.text("format"))
        let path = try order.text("path")
        let value = try order.arguments["value"] ?? computed(order, text.value(at: path).text)
        return FileChange(path: file, former: former, content: try text.setting(path, to: value))
    }

    /// The present value times and plus what is asked for, within its bounds.
    private static func computed(_ order: Order, _ present: String) throws -> ArgumentValue {
        guard let number = BoundedNumber(present) else {
            throw DeedFailure("the present value '\(Wording.shown(present))' is not a number")
        }
        guard let low = order.arguments.number("min"), let high = order.arguments.number("max"), low <= high else {
            throw DeedFailure("a computed value needs 'min' and 'max'")
        }
        let factor = order.arguments.number("multiply")
        let summand = order.arguments.number("add")
        guard factor != nil || summand != nil else { throw DeedFailure("the argument 'value' is missing") }
        let value = min(max(number.value * (factor ?? 1) + (summand ?? 0), low), high)
        guard value.isFinite, value.magnitude < 0x1p53 else { throw DeedFailure("the new value is out of bounds") }
        return .text(number.written(value, spreads: high <= 1))
    }
}
