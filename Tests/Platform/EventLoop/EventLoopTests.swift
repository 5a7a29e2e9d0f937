import EventLoop
import Foundation
import Synchronization
import Testing

@Suite struct EventLoopTests {
    private let loop: EventLoop

    init() throws {
        loop = try EventLoop(named: "test")
        loop.start()
    }

    @Test func `Submitted work runs on the loop's own thread, in order`() async {
        #expect(!loop.isCurrent)
        let seen = Mutex<[Int]>([])
        for number in 0..<1_000 {
            loop.submit { seen.withLock { $0.append(number) } }
        }
        let loop = loop
        #expect(await loop.perform { loop.isCurrent })
        #expect(seen.withLock { $0 } == Array(0..<1_000))
        loop.stop()
    }

    @Test func `Timers fire in the order of their deadlines, those of one moment in the order they were set`() async {
        let seen = Mutex<[Int]>([])
        let loop = loop
        await withCheckedContinuation { continuation in
            loop.submit {
                let base = MonotonicInstant.now + .milliseconds(5)
                loop.at(base + .milliseconds(2)) { seen.withLock { $0.append(3) } }
                loop.at(base) { seen.withLock { $0.append(1) } }
                loop.at(base) { seen.withLock { $0.append(2) } }
                loop.at(base + .milliseconds(1)) { seen.withLock { $0.append(9) } }.cancel()
                loop.at(base + .milliseconds(3)) { continuation.resume() }
            }
        }
        #expect(seen.withLock { $0 } == [1, 2, 3])
        loop.stop()
    }

    @Test func `Many cancelled timers are forgotten and the others still fire`() async {
        let loop = loop
        let fired = await withCheckedContinuation { continuation in
            loop.submit {
                let tokens = (0..<10_000).map { _ in loop.after(.seconds(3_600)) {} }
                loop.after(.milliseconds(1)) { continuation.resume(returning: true) }
                for token in tokens { token.cancel() }
            }
        }
        #expect(fired)
        loop.stop()
    }

    @Test func `A watched descriptor wakes the loop until the watch is cancelled`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        let loop = loop
        let received: [UInt8] = await withCheckedContinuation { continuation in
            loop.submit {
                let token = Mutex<WatchToken?>(nil)
                let bytes = Mutex<[UInt8]>([])
                let holder = Holder(token: token, bytes: bytes)
                let made = try? loop.watch(reader, for: .read) { interest in
                    guard interest.contains(.read) else { return }
                    var byte: UInt8 = 0
                    _ = unsafe read(reader, &byte, 1)
                    holder.bytes.withLock { $0.append(byte) }
                    if byte == 2 {
                        holder.token.withLock { $0?.cancel() }
                        continuation.resume(returning: holder.bytes.withLock { $0 })
                    }
                }
                holder.token.withLock { $0 = made }
                let message: [UInt8] = [1, 2]
                _ = unsafe write(writer, message, 2)
            }
        }
        #expect(received == [1, 2])
        close(reader)
        close(writer)
        loop.stop()
    }

    @Test func `After stop nothing runs any more`() {
        let count = Mutex(0)
        loop.submit { count.withLock { $0 += 1 } }
        loop.stop()
        loop.submit { count.withLock { $0 += 1 } }
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `Blocking work runs beside the tasks and hands on its error`() async throws {
        struct Refusal: Error {}
        #expect(await offload { 7 } == 7)
        await #expect(throws: Refusal.self) { try await offload { throw Refusal() } }
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<100 { group.addTask { await offload { number } } }
            return await group.reduce(0, +)
        }
        #expect(sum == 4_950)
        loop.stop()
    }

    @Test func `Deadlines beyond the end of time stay there`() {
        let end = MonotonicInstant.now + .seconds(Int64.max)
        #expect(end.nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeNanoseconds == .min)
        #expect(Duration.milliseconds(1_500).wholeNanoseconds == 1_500_000_000)
    }
}

private final class Holder: Sendable {
    let token: Mutex<WatchToken?>
    let bytes: Mutex<[UInt8]>

    init(token: consuming Mutex<WatchToken?>, bytes: consuming Mutex<[UInt8]>) {
        self.token = token
        self.bytes = bytes
    }
}
