internal import Dispatch

/// At most so many blocking calls run at once; the others wait their turn.
private let blockingCallsMax = 16

/// Threads for calls that block: database clients, waits for children, large files.
private let blockingCalls: OperationLane = OperationLane(width: blockingCallsMax)

/// Does blocking work on a thread of its own kind, so that the threads that run Swift's tasks never wait for the world.
public func offload<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        blockingCalls.submit { continuation.resume(with: Result { try work() }) }
    }
}

/// Does blocking work that cannot fail on a thread of its own kind.
public func offload<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        blockingCalls.submit { continuation.resume(returning: work()) }
    }
}

/// A concurrent queue that never runs more than its width at once.
private struct OperationLane: Sendable {
    private let gate: DispatchQueue
    private let workers: DispatchQueue
    private let places: DispatchSemaphore

    init(width: Int) {
        gate = DispatchQueue(label: "medic.offload.gate")
        workers = DispatchQueue(label: "medic.offload", attributes: .concurrent)
        places = DispatchSemaphore(value: width)
    }

    func submit(_ work: @escaping @Sendable () -> Void) {
        gate.async {
            places.wait()
            workers.async {
                work()
                places.signal()
            }
        }
    }
}
