internal import CLinux

/// What a descriptor is watched for, and what it turned out to be ready for.
public struct Interest: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// There is something to read, or the other end has closed.
    public static let read = Interest(rawValue: 1)
    /// There is room to write.
    public static let write = Interest(rawValue: 2)
    /// Something is wrong with it. Never asked for, always told.
    public static let failure = Interest(rawValue: 4)

    var events: UInt32 {
        (contains(.read) ? EPOLLIN.rawValue : 0) | (contains(.write) ? EPOLLOUT.rawValue : 0)
    }

    init(events: UInt32) {
        var interest: Interest = []
        if events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { interest.insert(.read) }
        if events & EPOLLOUT.rawValue != 0 { interest.insert(.write) }
        if events & EPOLLERR.rawValue != 0 { interest.insert(.failure) }
        self = interest
    }
}

/// A timer that is set. It runs whether or not the token is kept.
public struct TimerToken: Sendable {
    let loop: EventLoop
    let identifier: UInt64

    /// Takes the timer back; nothing happens when it has run. Only from the loop's own thread.
    public func cancel() {
        loop.cancelTimer(identifier)
    }
}

/// A descriptor that is watched until the token is cancelled.
public struct WatchToken: Sendable {
    let loop: EventLoop
    let identifier: UInt64

    /// Watches for something else from now on. Only from the loop's own thread.
    public func change(to interest: Interest) throws(EventLoopError) {
        try loop.change(identifier, to: interest)
    }

    /// Ends the watch; the descriptor may be closed then. Only from the loop's own thread.
    public func cancel() {
        loop.cancelWatch(identifier)
    }
}
