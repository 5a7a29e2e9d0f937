import EventLoop
import Glibc

/// Why an exchange with one name server came to nothing.
struct DNSFailure: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    static var system: DNSFailure { DNSFailure(unsafe String(cString: strerror(errno))) }
}

/// One question to one server: a datagram, and where the answer does not fit into one, a connection; or a connection from the start.
///
/// Unchecked: confined to the loop. Pointers to addresses and buffers live as long as the calls they are given to.
final class DNSExchange: @unchecked Sendable {
    private let loop: EventLoop
    private let server: ResolverSettings.Server
    private let question: [UInt8]
    private let timeout: Duration
    private let needsConnection: Bool
    private var completion: (@Sendable (Result<DNSAnswer, DNSFailure>) -> Void)?
    private var descriptor: Int32 = -1
    private var watch: WatchToken?
    private var timer: TimerToken?
    private var isConnection = false
    private var unsent: [UInt8] = []
    private var received: [UInt8] = []
    // What is watched holds the exchange as long as it lasts.
    private var itself: DNSExchange?

    init(
        _ loop: EventLoop,
        _ server: ResolverSettings.Server,
        _ question: [UInt8],
        _ timeout: Duration,
        byConnection needsConnection: Bool = false,
        then completion: @escaping @Sendable (Result<DNSAnswer, DNSFailure>) -> Void
    ) {
        self.loop = loop
        self.server = server
        self.question = question
        self.timeout = timeout
        self.needsConnection = needsConnection
        self.completion = completion
    }

    func start() {
        itself = self
        timer = loop.after(timeout) { [weak self] in self?.finish(.failure(DNSFailure("no answer in time"))) }
        open(asConnection: needsConnection)
    }

    private func open(asConnection: Bool) {
        close()
        isConnection = asConnection
        received = []
        do throws(DNSFailure) {
            try connect()
            let frame = [UInt8(question.count >> 8), UInt8(question.count & 255)]
            unsent = asConnection ? frame + question : question
            watch = try watching(asConnection ? [.read, .write] : .read)
            if !asConnection { try sendRest() }
        } catch {
            finish(.failure(error))
        }
    }

    private func watching(_ interest: Interest) throws(DNSFailure) -> WatchToken {
        do throws(EventLoopError) {
            return try loop.watch(descriptor, for: interest) { [weak self] ready in self?.isReady(ready) }
        } catch {
            throw DNSFailure(error.description)
        }
    }

    private func connect() throws(DNSFailure) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32((isConnection ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(server.address, String(server.port), &hints, &found) == 0, let found = unsafe found
        else {
            throw DNSFailure("it is no address")
        }
        defer { unsafe freeaddrinfo(found) }
        let kind = unsafe found.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = unsafe socket(found.pointee.ai_family, kind, 0)
        guard descriptor >= 0 else { throw .system }
        // A datagram socket that is connected takes answers from this server only.
        let status = unsafe Glibc.connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen)
        guard status == 0 || errno == EINPROGRESS else { throw .system }
    }

    private func isReady(_ ready: Interest) {
        do throws(DNSFailure) {
            if ready.contains(.write), !unsent.isEmpty {
                try sendRest()
                if unsent.isEmpty { try settleForReading() }
            }
            if !ready.isDisjoint(with: [.read, .failure]) { try receive() }
        } catch {
            finish(.failure(error))
        }
    }

    private func settleForReading() throws(DNSFailure) {
        do throws(EventLoopError) {
            try watch?.change(to: .read)
        } catch {
            throw DNSFailure(error.description)
        }
    }

    private func sendRest() throws(DNSFailure) {
        let sent = unsafe unsent.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if sent < 0 {
            guard errno == EAGAIN else { throw .system }
            return
        }
        unsent.removeFirst(sent)
    }

    private func receive() throws(DNSFailure) {
        var room = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &room, room.count, 0)
        if count < 0 {
            guard errno == EAGAIN else { throw .system }
            return
        }
        if !isConnection { return judge(Array(room[..<count])) }
        guard count > 0 else { throw DNSFailure("the connection was closed") }
        received += room[..<count]
        guard received.count >= 2 else { return }
        let length = Int(received[0]) << 8 | Int(received[1])
        if received.count >= 2 + length { judge(Array(received[2..<2 + length])) }
    }

    private func judge(_ bytes: [UInt8]) {
        guard let answer = DNSMessage.answer(bytes, to: question) else {
            // Datagrams that answer something else may come from anybody: the right one may still come.
            if isConnection { finish(.failure(DNSFailure("its answer cannot be read"))) }
            return
        }
        if answer.isTruncated, !isConnection { return open(asConnection: true) }
        finish(.success(answer))
    }

    private func close() {
        watch?.cancel()
        watch = nil
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    private func finish(_ result: Result<DNSAnswer, DNSFailure>) {
        close()
        timer?.cancel()
        timer = nil
        let completion = self.completion
        self.completion = nil
        completion?(result)
        itself = nil
    }
}
