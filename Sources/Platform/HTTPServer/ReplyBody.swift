// The library calls the reader on the thread that serves the connection, and frees it when the answer is out or the
// connection is gone; the retained reference that stands for its context ends there.
internal import Instruments
internal import CMicrohttpd

/// Hands the body of an answer to the library, as fast as the client takes it.
@safe final class ReplyBody: @unchecked Sendable {
    private let reply: HTTPServer.Reply
    private let handle: Handle
    private let connection: Connection
    private let server: ServerCore
    private var pending: ArraySlice<UInt8> = []
    private var end: Int?

    // Longer texts are handed over piece by piece, so that they are in memory once.
    private static let copiedMax = 64 << 10
    private static let pieceLength = 16 << 10

    init(_ reply: HTTPServer.Reply, _ handle: OpaquePointer, _ connection: Connection, _ server: ServerCore) {
        self.reply = reply
        self.handle = unsafe Handle(pointer: handle)
        self.connection = connection
        self.server = server
    }

    deinit {
        channel?.detach()
    }

    var channel: EventChannel? {
        if case .events(let channel) = reply.body { channel } else { nil }
    }

    func makeResponse() -> OpaquePointer? {
        switch reply.body {
        case .bytes(let bytes) where bytes.count <= Self.copiedMax:
            return unsafe bytes.withUnsafeBytes { unsafe medic_http_copied_body($0.count, $0.baseAddress) }
        case .bytes(let bytes):
            pending = bytes[...]
            end = medic_http_end_of_stream()
            return unsafe read(size: UInt64(bytes.count))
        case .stream:
            return unsafe read(size: medic_http_size_unknown())
        case .events(let channel):
            let (handle, connection, metrics) = (handle, connection, server.metrics)
            channel.attach {
                unsafe MHD_resume_connection(handle.pointer)
            } cut: {
                metrics.slowSubscribers.add()
                connection.cut()
            }
            return unsafe read(size: medic_http_size_unknown())
        }
    }

    private func read(size: UInt64) -> OpaquePointer? {
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let response = unsafe MHD_create_response_from_callback(
            size,
            Self.pieceLength,
            { context, _, buffer, room in
                guard let context = unsafe context, let buffer = unsafe buffer else {
                    return medic_http_end_with_error()
                }
                let body = unsafe Unmanaged<ReplyBody>.fromOpaque(context).takeUnretainedValue()
                return unsafe body.fill(UnsafeMutableRawBufferPointer(start: buffer, count: room))
            },
            context,
            { context in
                if let context = unsafe context { unsafe Unmanaged<ReplyBody>.fromOpaque(context).release() }
            }
        )
        if unsafe response == nil { unsafe Unmanaged<ReplyBody>.fromOpaque(context).release() }
        return unsafe response
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        if case .events(let channel) = reply.body { return unsafe fill(buffer, from: channel) }
        while pending.isEmpty {
            if let end { return end }
            guard case .stream(let pull) = reply.body else { return medic_http_end_of_stream() }
            switch pull() {
            case .bytes(let bytes): pending = bytes[...]
            case .end: end = medic_http_end_of_stream()
            case .failed: end = medic_http_end_with_error()
            }
        }
        let count = min(buffer.count, pending.count)
        unsafe buffer.copyBytes(from: pending.prefix(count))
        pending = pending.dropFirst(count)
        return count
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, from channel: EventChannel) -> Int {
        let reading = unsafe channel.read(into: buffer) {
            if server.isEnding { return false }
            unsafe MHD_suspend_connection(handle.pointer)
            return true
        }
        switch reading {
        case .bytes(let count): return count
        case .wait: return 0
        case .end: return medic_http_end_of_stream()
        }
    }
}

/// A pointer to something of the library's that may be used from any thread.
@safe struct Handle: @unchecked Sendable {
    let pointer: OpaquePointer
}
