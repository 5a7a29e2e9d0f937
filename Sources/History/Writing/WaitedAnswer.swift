import Dispatch
import Synchronization

/// The answer of the writer to somebody who stands and waits for it.
final class WaitedAnswer: Sendable {
    private let answer = Mutex<Result<Void, HistoryError>?>(nil)
    private let given = DispatchSemaphore(value: 0)

    func give(_ result: Result<Void, HistoryError>) {
        answer.withLock { $0 = result }
        given.signal()
    }

    func wait() -> Result<Void, HistoryError> {
        given.wait()
        return answer.withLock { $0 } ?? .failure(.closed)
    }
}
