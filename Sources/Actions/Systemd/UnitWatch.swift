import EventLoop
import JSON
import Playbooks
import SystemBus
import Systemd

/// Sees that a unit stays as it should for a while after a job: told by systemd's signals, so that a failure ends the wait at once.
enum UnitWatch {
    /// Nil when the unit was in the wanted state all the time; otherwise what it did instead.
    static func departure(
        of unit: String,
        from wanted: Set<String>,
        for span: Duration,
        _ manager: ServiceManager
    ) async -> String? {
        let (changes, feed) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(64))
        let loop = manager.bus.loop
        let subscription = await loop.perform {
            manager.changes { change in
                guard case .properties(let update) = change, update.unit == unit, let active = update.active else {
                    return
                }
                feed.yield(active.rawValue)
            }
        }
        defer {
            subscription.cancel()
            feed.finish()
        }
        // What happened between the end of the job and the subscription is seen by asking.
        if let state = try? await manager.state(of: unit), !wanted.contains(state.active.rawValue) {
            return state.active.rawValue
        }
        return await withTaskGroup(of: String?.self) { group in
            group.addTask {
                for await state in changes where !wanted.contains(state) { return state }
                return nil
            }
            group.addTask {
                try? await pause(for: span)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

extension UnitState {
    /// What a record keeps of a unit.
    var facts: JSONValue {
        .object(
            JSONObject([
                .init(name: "active", value: .string(active.rawValue)),
                .init(name: "sub", value: .string(sub)),
                .init(name: "result", value: .string(result)),
                .init(name: "main_pid", value: mainPID.map { .integer(Int64($0)) } ?? .null),
                .init(name: "restarts", value: .integer(Int64(restarts))),
                .init(name: "invocation", value: invocation.map { .string($0) } ?? .null),
            ])
        )
    }
}

extension ActionOutcome {
    /// What a refusal of systemd comes to.
    init(_ error: SystemdError, before: JSONValue? = nil) {
        let result: ActionOutcome.Result =
            switch error {
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            case .outcomeUnknown: .unknown
            default: .failed(error.description)
            }
        self.init(result, message: error.description, before: before)
    }

    static var withoutSystemd: ActionOutcome { ActionOutcome(.failed("this host has no systemd that medic can reach")) }
}
