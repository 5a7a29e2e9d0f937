import EventLoop
import Testing

@testable import Sockets

@Suite struct StreamSocketTests {
    private func failure(_ place: SocketPlace) -> SocketError? {
        do {
            _ = try StreamSocket(to: place, deadline: .now + .seconds(20))
            return nil
        } catch {
            return error
        }
    }

    @Test func `What is not there is told by the kernel's reason`() {
        #expect(failure(.network(host: "127.0.0.1", port: 1)) == .failed(call: "connect", code: 111))
        #expect(failure(.unix(path: "/nowhere/socket")) == .failed(call: "connect", code: 2))
        #expect(failure(.unix(path: String(repeating: "x", count: 200))) == .pathTooLong)
        #expect(failure(.unix(path: "a\u{0}b")) == .pathTooLong)
    }

    @Test func `An interruption ends a wait, before and during it`() async {
        let interruption = Interruption()
        #expect(Interruption.wait(-1, for: 0, until: .now + .milliseconds(1), unless: interruption) == .timedOut)
        async let waiting = offload { Interruption.wait(-1, for: 0, until: .now + .seconds(60), unless: interruption) }
        interruption.interrupt()
        #expect(await waiting == .interrupted)
        #expect(interruption.isInterrupted)
    }
}
