import EventLoop
public import HTTPSettings
import Synchronization

extension HTTPClient {
    /// A request that is to be made again and again. `sink` takes the body as it comes; without one it is kept. On the loop.
    public func call(
        _ request: HTTPRequest,
        settings: HTTPClientSettings = HTTPClientSettings(),
        sink: HTTPCall.Sink? = nil,
        then completion: @escaping HTTPCall.Completion
    ) -> HTTPCall {
        HTTPCall(self, request, settings, sink: sink, then: completion)
    }

    /// Sends a request and tells how it went, on the loop. From any thread.
    public func send(
        _ request: HTTPRequest,
        settings: HTTPClientSettings = HTTPClientSettings(),
        then completion: @escaping HTTPCall.Completion
    ) {
        let call = call(request, settings: settings, then: completion)
        loop.submit { call.start() }
    }

    /// Sends a request and waits for the answer. A task that is cancelled cancels the request.
    public func send(
        _ request: HTTPRequest,
        settings: HTTPClientSettings = HTTPClientSettings()
    ) async throws(HTTPClientError) -> HTTPResponse {
        let answer = await withPending { (pending: PendingCall) in
            let call = self.call(request, settings: settings) { pending.resume($0) }
            self.loop.submit { call.start() }
            pending.cancellation = { self.loop.submit { call.cancel() } }
        }
        return try answer.get()
    }

    private func withPending(
        _ begin: @escaping @Sendable (PendingCall) -> Void
    ) async -> Result<HTTPResponse, HTTPClientError> {
        let pending = PendingCall()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pending.continuation = continuation
                begin(pending)
                if Task.isCancelled { pending.cancel() }
            }
        } onCancel: {
            pending.cancel()
        }
    }
}

/// A request that a task waits for.
private final class PendingCall: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Result<HTTPResponse, HTTPClientError>, Never>?
        var cancellation: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var continuation: CheckedContinuation<Result<HTTPResponse, HTTPClientError>, Never>? {
        get { state.withLock { $0.continuation } }
        set { state.withLock { $0.continuation = newValue } }
    }

    var cancellation: (@Sendable () -> Void)? {
        get { state.withLock { $0.cancellation } }
        set { state.withLock { $0.cancellation = newValue } }
    }

    func cancel() { cancellation?() }

    func resume(_ result: Result<HTTPResponse, HTTPClientError>) {
        let waiting = state.withLock { state in
            defer { state.continuation = nil }
            return state.continuation
        }
        waiting?.resume(returning: result)
    }
}
