import EventLoop
public import HTTPServer
public import Instruments
public import JSON
public import Metrics
import Synchronization

/// Tells whoever listens what happens, and for a while remembers it for those who come back.
///
/// Whoever publishes never waits. A listener that cannot keep up is cut off by its channel, and comes back with the id of the last event it
/// has seen: what it missed is told again, or, where that is forgotten, that it must begin anew.
public final class EventHub: Sendable {
    /// What an event is about.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case alert, run, step, measured, healing, health, record
    }

    /// Tabs of a handful of operators, and a few programs.
    public static let listenersMax = 64
    // What a page misses while a laptop lies closed is better loaded anew.
    private static let rememberedMax = 2_000
    private static let rememberedBytesMax = 4 << 20
    // Told again at most: well below what a channel lets wait.
    private static let repeatedBytesMax = 128 << 10
    // So long after the last listener has gone, nothing is remembered any more.
    private static let rememberedFor = Duration.seconds(300)

    private struct Event {
        let number: Int64
        let kind: Kind
        let data: String
    }

    private struct Listener {
        let channel: EventChannel
        let kinds: Set<Kind>

        func hears(_ kind: Kind) -> Bool { kinds.isEmpty || kinds.contains(kind) }
    }

    private struct State {
        var newest: Int64 = 0
        var remembered: [Event] = []
        var bytes = 0
        var listeners: [Listener] = []
        var lastLeft: MonotonicInstant?
    }

    private let state = Mutex(State())
    private let startedAt: Timestamp
    private let version: String
    private let published: Counter
    private let listening: Gauge

    public init(startedAt: Timestamp, version: String, instruments: Instruments) {
        self.startedAt = startedAt
        self.version = version
        published = instruments.counter("medic_web_events_total", help: "Events told to those who listen.")
        listening = instruments.gauge("medic_web_event_listeners", help: "Who listens to events.")
    }

    /// Whether somebody listens: what costs something to find out need not be found out otherwise.
    public var hasListeners: Bool {
        state.withLock { state in
            forgetClosed(&state)
            return !state.listeners.isEmpty
        }
    }

    /// Tells of an event. Its data is made only when somebody may hear it.
    public func publish(_ kind: Kind, _ data: () -> JSONValue) {
        let isHeard = state.withLock { state in
            forgetClosed(&state)
            if !state.listeners.isEmpty { return true }
            if let left = state.lastLeft, .now - left < Self.rememberedFor { return true }
            // A number that nobody can ask for: whoever comes back later begins anew.
            state.newest += 1
            state.remembered = []
            state.bytes = 0
            return false
        }
        guard isHeard else { return }
        published.add()
        let text = data().description
        state.withLock { state in
            state.newest += 1
            let event = Event(number: state.newest, kind: kind, data: text)
            Self.remember(event, &state)
            // Within the lock, so that everybody hears the same order. A channel never makes anybody wait.
            for listener in state.listeners where listener.hears(event.kind) { send(event, to: listener.channel) }
        }
    }

    /// Begins to tell a listener, first what it has missed since the event of that id. Nil when too many listen.
    public func listen(after id: String?, kinds: Set<Kind>) -> EventChannel? {
        let channel = EventChannel()
        let isWelcome = state.withLock { state in
            forgetClosed(&state)
            guard state.listeners.count < Self.listenersMax else { return false }
            let listener = Listener(channel: channel, kinds: kinds)
            greet(listener, after: id, state)
            state.listeners.append(listener)
            listening.set(Double(state.listeners.count))
            return true
        }
        return isWelcome ? channel : nil
    }

    /// Ends all streams.
    public func close() {
        let channels = state.withLock { $0.listeners.map(\.channel) }
        for channel in channels { channel.close() }
    }

    /// Channels that ended are noticed here and not by a call of theirs, since they may end while something is sent to them.
    private func forgetClosed(_ state: inout State) {
        guard state.listeners.contains(where: { $0.channel.isClosed }) else { return }
        state.listeners.removeAll { $0.channel.isClosed }
        state.lastLeft = .now
        listening.set(Double(state.listeners.count))
    }

    // MARK: Remembering

    private static func remember(_ event: Event, _ state: inout State) {
        state.remembered.append(event)
        state.bytes += event.data.utf8.count
        guard state.remembered.count > rememberedMax || state.bytes > rememberedBytesMax else { return }
        // Half at once, so that not every event moves the whole list.
        let superfluous = Swift.max(1, state.remembered.count / 2)
        for event in state.remembered.prefix(superfluous) { state.bytes -= event.data.utf8.count }
        state.remembered.removeFirst(superfluous)
    }

    private func greet(_ listener: Listener, after id: String?, _ state: State) {
        let hello = JSONValue.tree { tree in
            tree.add("version", text: version)
            tree.add("started", at: startedAt)
        }
        let newest = identity(of: state.newest)
        guard let id else {
            listener.channel.send(event: "hello", id: newest, data: hello.description)
            return
        }
        listener.channel.send(event: "hello", data: hello.description)
        guard let missed = missed(since: id, state) else {
            listener.channel.send(event: "reset", id: newest, data: "{}")
            return
        }
        for event in missed where listener.hears(event.kind) { send(event, to: listener.channel) }
    }

    /// What came behind the event of that id; nil when that is not known any more, or is too much.
    private func missed(since id: String, _ state: State) -> ArraySlice<Event>? {
        let parts = id.split(separator: "-")
        guard parts.count == 2, parts[0] == "\(startedAt.rawValue)", let number = Int64(parts[1]) else { return nil }
        if number == state.newest { return [] }
        guard number < state.newest, let first = state.remembered.first, first.number <= number + 1 else { return nil }
        let missed = state.remembered.drop { $0.number <= number }
        let bytes = missed.reduce(0) { $0 + $1.data.utf8.count }
        return bytes <= Self.repeatedBytesMax ? missed : nil
    }

    /// An id is good for this process only: another one numbers anew.
    private func identity(of number: Int64) -> String { "\(startedAt.rawValue)-\(number)" }

    private func send(_ event: Event, to channel: EventChannel) {
        channel.send(event: event.kind.rawValue, id: identity(of: event.number), data: event.data)
    }
}
