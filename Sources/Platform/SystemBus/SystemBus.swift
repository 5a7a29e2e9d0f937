internal import CSystemd
public import EventLoop
public import Logging
internal import Synchronization

/// A connection to the system's D-Bus that keeps itself alive.
///
/// Calls, signals and names outlive the connection: when the bus goes away it is tried again, with growing pauses, and all
/// subscriptions are made anew. Answers and signals are delivered on the loop, in the order in which they arrived. Between `start` and
/// `stop` it lives on its loop, whoever else has it.
///
/// Unchecked: everything but `counts` is confined to the loop, which every entry checks or moves to. The library's objects are freed
/// by `dropConnection` alone, after everything that they refer to was taken from them.
@safe public final class SystemBus: @unchecked Sendable {
    /// Where the connection stands.
    public enum State: Hashable, Sendable {
        /// Not there; calls fail at once. The reason, for the log.
        case disconnected(String)
        /// Under way; calls wait for it.
        case connecting
        case connected
    }

    /// What has happened on the connection since it was made.
    public struct Statistics: Hashable, Sendable {
        public var connections = 0
        public var calls = 0
        public var timeouts = 0
        public var signals = 0
        /// Signals that somebody sent in another's name.
        public var forgedSignals = 0
        /// Messages that could not be read.
        public var malformedMessages = 0
    }

    /// Calls that wait for an answer at once: more than that is a fault of the caller.
    static let callsMax = 8_192
    /// Messages in one turn of the loop; what else is on the loop has its turn then.
    static let messagesPerTurn = 256
    static let firstPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(5)
    /// A bus that accepts and then says nothing is given up after this.
    static let connectPatience = Duration.seconds(10)

    public let loop: EventLoop
    let address: String
    let log: Logger

    var state = State.disconnected("not started")
    var isWanted = false
    var handle: OpaquePointer?
    var isProcessing = false
    var watch: WatchToken?
    var watchedDescriptor: Int32 = -1
    var watchedFor: Interest = []
    var wakeUp: (deadline: UInt64, token: TimerToken)?
    var patience: TimerToken?
    var pause = SystemBus.firstPause

    var lastIdentifier: UInt64 = 0
    var pending: [UInt64: PendingCall] = [:]
    var matches: [UInt64: Match] = [:]
    var names: [String: NameRecord] = [:]
    var stateHandlers: [UInt64: @Sendable (State) -> Void] = [:]
    let counts = Mutex(Statistics())

    /// A connection that is not yet begun.
    public init(address: BusAddress = .system, loop: EventLoop, log: Logger) {
        self.address = address.text
        self.loop = loop
        self.log = log
    }

    deinit {
        // Left over where the loop ended before the connection did.
        for match in matches.values { match.removeSlot() }
        for name in names.values { name.match.removeSlot() }
        for call in pending.values { call.removeSlot() }
        unsafe sd_bus_unref(handle)
    }

    /// Begins to connect, and keeps connected until `stop`. From any thread.
    public func start() {
        onLoop { bus in
            guard !bus.isWanted else { return }
            bus.isWanted = true
            bus.connect()
        }
    }

    /// Ends the connection; what still waits for an answer is told so. From any thread.
    public func stop() {
        onLoop { bus in
            guard bus.isWanted else { return }
            bus.isWanted = false
            bus.dropConnection(because: BusError(.disconnected, message: "the connection to the bus was closed"))
        }
    }

    /// Calls the handler on the loop with the state as it is, and whenever it changes.
    @discardableResult
    public func states(_ handler: @escaping @Sendable (State) -> Void) -> BusSubscription {
        subscribe { bus, identifier in
            bus.stateHandlers[identifier] = handler
            handler(bus.state)
        } cancelled: { bus, identifier in
            bus.stateHandlers[identifier] = nil
        }
    }

    /// What has happened so far. From any thread.
    public var statistics: Statistics { counts.withLock { $0 } }

    /// Does the work on the loop: now when this is the loop, else as soon as it has time.
    func onLoop(_ work: @escaping @Sendable (SystemBus) -> Void) {
        if loop.isCurrent {
            work(self)
        } else {
            loop.submit { work(self) }
        }
    }

    func nextIdentifier() -> UInt64 {
        lastIdentifier += 1
        return lastIdentifier
    }

    /// Begins something that ends when the subscription is cancelled, or does not begin when it is cancelled before.
    func subscribe(
        _ begin: @escaping @Sendable (SystemBus, UInt64) -> Void,
        cancelled end: @escaping @Sendable (SystemBus, UInt64) -> Void,
        beforehand: @escaping @Sendable () -> Void = {}
    ) -> BusSubscription {
        let subscription = BusSubscription()
        onLoop { bus in
            let identifier = bus.nextIdentifier()
            let isWanted = subscription.begin { bus.onLoop { end($0, identifier) } }
            if isWanted { begin(bus, identifier) } else { beforehand() }
        }
        return subscription
    }

    func change(to new: State) {
        guard state != new else { return }
        state = new
        for identifier in stateHandlers.keys.sorted() { stateHandlers[identifier]?(new) }
    }
}

/// Where a bus listens, in the notation of D-Bus.
public struct BusAddress: Hashable, Sendable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The bus of the system's services.
    public static let system = BusAddress("unix:path=/run/dbus/system_bus_socket")

    /// A bus that listens on a socket in the file system.
    public static func socket(_ path: String) -> BusAddress {
        BusAddress("unix:path=" + escaped(path))
    }

    /// Addresses write everything unusual as `%` and two hexadecimal digits.
    private static func escaped(_ path: String) -> String {
        var text = ""
        for byte in path.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", "/", ".", "\\": text.unicodeScalars.append(scalar)
            default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text
    }
}

/// Something that was begun on the bus and goes on until it is cancelled, whether or not this value is kept.
public final class BusSubscription: Sendable {
    private struct Progress {
        var isCancelled = false
        var end: (@Sendable () -> Void)?
    }

    private let progress = Mutex(Progress())

    init() {}

    /// False when it was cancelled before it began.
    func begin(_ end: @escaping @Sendable () -> Void) -> Bool {
        progress.withLock { progress in
            guard !progress.isCancelled else { return false }
            progress.end = end
            return true
        }
    }

    /// Ends it. From any thread; on the loop nothing is delivered after this.
    public func cancel() {
        let end = progress.withLock { progress -> (@Sendable () -> Void)? in
            progress.isCancelled = true
            defer { progress.end = nil }
            return progress.end
        }
        end?()
    }
}
