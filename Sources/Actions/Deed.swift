import EventLoop
import Metrics
public import Playbooks

/// A kind of action: what it promises, and how it is done.
public protocol Deed: Sendable {
    var declaration: ActionDeclaration { get }

    /// Does it, within the request's timeout, and says what came of it. Stops soon when its task is cancelled.
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome
}

extension Deed {
    /// An action that is declared and cannot be done says so: playbooks that use it are checked and explained all the same.
    public func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        ActionOutcome(.failed("\(request.action) cannot be done by this version of medic"))
    }
}

extension Deeds {
    /// Does what a request asks for, within its time, if this host permits it. The permission is asked again here, on the very values that
    /// are about to be used.
    public static func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        guard let deed = named(request.action) else {
            return ActionOutcome(.failed("there is no action \(request.action)"))
        }
        let refusals = tools.refusals(deed.declaration.permissions(request.arguments))
        guard refusals.isEmpty else {
            return ActionOutcome(.failed(refusals.joined(separator: "; ")), message: "not permitted on this host")
        }
        return await bounded(request.timeout.rawValue) { await deed.perform(request, tools) }
    }

    /// Cancels the deed when its time is up. What it says then is taken for what it is, except that the cause is the time.
    private static func bounded(
        _ milliseconds: Int64,
        _ body: @escaping @Sendable () async -> ActionOutcome
    ) async -> ActionOutcome {
        await withTaskGroup(of: ActionOutcome?.self) { group in
            group.addTask { await body() }
            group.addTask {
                try? await pause(for: .milliseconds(milliseconds))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            var outcome = await group.next().flatMap { $0 } ?? ActionOutcome(.timedOut)
            if outcome.result == .cancelled { outcome.result = .timedOut }
            return outcome
        }
    }
}
