import Configuration
import EventLoop
import Metrics
public import Playbooks
import Synchronization

extension Deeds {
    /// So much of what a deed printed goes into the record.
    static let outputBytesMax = 64 * 1024

    /// Does what is asked, in the time there is, and tells how it went. The permits are asked again, about the values that the
    /// templates gave; so are the action's own complaints.
    public static func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        let scrubber = tools.scrubber
        guard let deed = named(request.action) else {
            return refusal("there is no action '\(Wording.shown(request.action))'")
        }
        if let reason = objection(to: request, deed.declaration, tools) { return refusal(scrubber.scrub(reason)) }
        let order = Order(request, tools)
        var outcome: ActionOutcome
        do {
            outcome = try await inTime(order) { try await deed.perform(order) }
        } catch {
            let failure = DeedFailure(error)
            outcome = ActionOutcome(
                failure.result,
                message: failure.message,
                output: failure.output,
                before: failure.before,
                undo: failure.undo,
                evidence: failure.evidence
            )
        }
        outcome.message = scrubber.scrub(Wording.shown(outcome.message, limit: 2_000))
        if case .failed(let reason) = outcome.result { outcome.result = .failed(scrubber.scrub(reason)) }
        outcome.output = scrubber.scrub(String(decoding: outcome.output.utf8.prefix(outputBytesMax), as: UTF8.self))
        return outcome
    }

    private static func refusal(_ reason: String) -> ActionOutcome {
        ActionOutcome(.failed(reason), message: reason)
    }

    private static func objection(
        to request: ActionRequest,
        _ declaration: ActionDeclaration,
        _ tools: ActionTools
    ) -> String? {
        let refusals = tools.permits.refusals(of: declaration.permissions(request.arguments))
        if !refusals.isEmpty { return refusals.joined(separator: "; ") }
        for argument in declaration.arguments where argument.isRequired && request.arguments[argument.name] == nil {
            return "the argument '\(argument.name)' is missing"
        }
        return declaration.complaints(request.arguments).first.map { complaint in
            complaint.path.isEmpty
                ? complaint.message : "\(complaint.path.joined(separator: ".")): \(complaint.message)"
        }
    }

    /// Cancels the deed when its time is over, and tells that apart from a cancellation by somebody else.
    private static func inTime(
        _ order: Order,
        _ body: @escaping @Sendable () async throws -> ActionOutcome
    ) async throws -> ActionOutcome {
        let lateness = Lateness()
        let work = Task { try await body() }
        let timer = LoopTimer(order.tools.loop, at: order.deadline) {
            lateness.come()
            work.cancel()
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        } catch {
            var failure = DeedFailure(error)
            if failure.result == .cancelled, lateness.isLate {
                failure.result = .timedOut
                failure.message = "it did not end within \(order.request.timeout.promQLText)"
            }
            throw failure
        }
    }
}

/// Whether a deed's time was over before it ended.
private final class Lateness: Sendable {
    private let value = Atomic(false)

    var isLate: Bool { value.load(ordering: .acquiring) }

    func come() {
        value.store(true, ordering: .releasing)
    }
}
