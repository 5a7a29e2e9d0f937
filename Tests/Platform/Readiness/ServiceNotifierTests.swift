import Foundation
import Readiness
import Testing

@Suite struct ServiceNotifierTests {
    @Test func `The manager hears each word as a datagram`() throws {
        let path = NSTemporaryDirectory() + "notify-\(UUID().uuidString)"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let bound = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        defer {
            close(descriptor)
            unsafe unlink(path)
        }
        let notifier = ServiceNotifier { $0 == "NOTIFY_SOCKET" ? path : nil }
        notifier.ready()
        notifier.status("two\nlines")
        notifier.alive()
        let heard = (0..<3).map { _ in
            var buffer = [UInt8](repeating: 0, count: 200)
            let count = unsafe read(descriptor, &buffer, buffer.count)
            return String(decoding: buffer.prefix(Swift.max(0, count)), as: UTF8.self)
        }
        #expect(heard == ["READY=1", "STATUS=two lines", "WATCHDOG=1"])
    }

    @Test func `A watchdog meant for another process is not ours`() {
        let environment = ["WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1"]
        #expect(ServiceNotifier { environment[$0] }.watchdogMicroseconds == nil)
        #expect(ServiceNotifier { $0 == "WATCHDOG_USEC" ? "5000000" : nil }.watchdogMicroseconds == 5_000_000)
        // Nobody to tell: nothing happens.
        ServiceNotifier { _ in nil }.ready()
    }
}
