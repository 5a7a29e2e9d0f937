internal import CLinux
internal import Glibc

/// Tells when something in one of some folders is written, made, renamed or removed.
///
/// Folders that are not there are passed over. Unchecked: confined to the loop, whose thread calls the body.
public final class FolderWatch: @unchecked Sendable {
    private let descriptor: Int32
    private var token: WatchToken?
    private let changed: @Sendable () -> Void

    /// Only from the loop's own thread.
    public init(on loop: EventLoop, folders: [String], _ changed: @escaping @Sendable () -> Void) throws(EventLoopError)
    {
        self.changed = changed
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw EventLoopError("inotify_init1") }
        let events =
            UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE) | UInt32(IN_CREATE)
        for folder in folders {
            _ = unsafe inotify_add_watch(descriptor, folder, events)
        }
        token = try loop.watch(descriptor, for: .read) { [weak self] _ in self?.drain() }
    }

    deinit {
        close(descriptor)
    }

    /// Ends the watch. Only from the loop's own thread.
    public func cancel() {
        token?.cancel()
        token = nil
    }

    /// What exactly has changed does not matter to those who look for themselves.
    private func drain() {
        var room = [UInt8](repeating: 0, count: 4_096)
        var hasChanged = false
        while unsafe read(descriptor, &room, room.count) > 0 { hasChanged = true }
        if hasChanged { changed() }
    }
}
