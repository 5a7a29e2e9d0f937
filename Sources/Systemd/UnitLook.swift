public import EventLoop
internal import SystemBus
internal import Synchronization

/// How a unit is at a moment: asked for then, and read later.
public final class UnitLook: Sendable {
    public let begun = MonotonicInstant.now
    private let answer = Mutex<Result<UnitState, SystemdError>?>(nil)

    init() {}

    /// Whether it is known by now that nothing will be seen.
    var hasFailed: Bool {
        answer.withLock { answer in
            if case .failure = answer { true } else { false }
        }
    }

    func set(_ result: Result<UnitState, SystemdError>) { answer.withLock { $0 = result } }

    func get(of unit: String) throws(SystemdError) -> UnitState {
        guard let result = answer.withLock({ $0 }) else {
            throw .refused(unit: unit, name: "", message: "systemd did not tell how the unit was")
        }
        return try result.get()
    }
}

extension ServiceManager {
    /// Asks how the unit is, and does not wait for the answer. From any thread.
    public func look(at unit: String) -> UnitLook {
        let look = UnitLook()
        bus.onLoop { [self] in fill(look, unit) }
        return look
    }

    func fill(_ look: UnitLook, _ unit: String) {
        bus.call(Self.everything(of: unit)) { look.set(Self.state(from: $0, of: unit)) }
    }
}
