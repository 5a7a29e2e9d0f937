internal import Synchronization

/// A stream of server-sent events to one client.
///
/// Sending never blocks. What the client has not taken yet waits in memory up to a limit; a client that falls further
/// behind is cut off and has to come back.
public final class EventChannel: Sendable {
    enum Reading: Equatable {
        case bytes(Int)
        case wait
        case end
    }

    private struct State {
        var waiting: [UInt8] = []
        var isClosed = false
        var isPaused = false
        var resume: (@Sendable () -> Void)?
        var cut: (@Sendable () -> Void)?
        var closing: [@Sendable () -> Void] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many bytes may wait for the client.
    public init(limit: Int = 256 << 10) {
        self.limit = limit
    }

    public var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Sends an event; false when the client is gone or was cut off.
    @discardableResult
    public func send(event: String? = nil, id: String? = nil, data: String) -> Bool {
        var text = ""
        if let event { text += "event: \(Self.oneLine(event))\n" }
        if let id { text += "id: \(Self.oneLine(id))\n" }
        for line in data.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            text += "data: \(Substring(line))\n"
        }
        return send(text + "\n")
    }

    /// Ends the stream when the client has taken what there is.
    public func close() {
        let closing = state.withLock { state in
            defer { state.closing = [] }
            state.isClosed = true
            Self.resume(&state)
            return state.closing
        }
        for body in closing { body() }
    }

    /// Calls the closure once when the stream has ended, whoever ended it.
    public func whenClosed(_ body: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.closing.append(body) }
            return state.isClosed
        }
        if isClosed { body() }
    }

    /// A line that clients skip, to show that the connection lives.
    func beat() {
        send(":\n\n")
    }

    @discardableResult
    private func send(_ text: String) -> Bool {
        let (isSent, cut) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            if state.isClosed { return (false, nil) }
            guard state.waiting.count + text.utf8.count <= limit else {
                state.waiting = []
                return (false, state.cut ?? {})
            }
            state.waiting += text.utf8
            Self.resume(&state)
            return (true, nil)
        }
        if let cut {
            close()
            cut()
        }
        return isSent
    }

    private static func resume(_ state: inout State) {
        guard state.isPaused else { return }
        state.isPaused = false
        state.resume?()
    }

    private static func oneLine(_ text: String) -> String {
        text.filter { !$0.isNewline }
    }

    // MARK: The server's side

    func attach(resume: @escaping @Sendable () -> Void, cut: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.resume = resume
            state.cut = cut
        }
    }

    /// The connection is gone.
    func detach() {
        state.withLock { state in
            state.resume = nil
            state.cut = nil
            state.isPaused = false
            state.waiting = []
        }
        close()
    }

    /// Moves waiting bytes into the buffer. When there are none, calls `pause` before any event can be sent.
    func read(into buffer: UnsafeMutableRawBufferPointer, pause: () -> Bool) -> Reading {
        state.withLock { state in
            if !state.waiting.isEmpty {
                let count = min(buffer.count, state.waiting.count)
                unsafe buffer.copyBytes(from: state.waiting[..<count])
                state.waiting.removeFirst(count)
                return .bytes(count)
            }
            if state.isClosed || !pause() { return .end }
            state.isPaused = true
            return .wait
        }
    }
}
