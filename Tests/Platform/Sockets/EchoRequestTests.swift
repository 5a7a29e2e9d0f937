import EventLoop
import Foundation
import Testing

@testable import Sockets

@Suite struct EchoRequestTests {
    @Test func `The sum of a packet is what the other side expects`() {
        // A packet with its own sum in it adds up to nothing.
        let packet: [UInt8] = [8, 0, 0, 0, 0x12, 0x34, 0, 1, 0xff, 0xff, 0xab]
        let sum = EchoRequest.checksum(packet)
        var whole = packet
        (whole[2], whole[3]) = (UInt8(sum >> 8), UInt8(sum & 255))
        #expect(EchoRequest.checksum(whole) == 0)
        #expect(EchoRequest.checksum([]) == 0xffff)
    }

    @Test func `Addresses are told from names`() {
        #expect(HostAddress(literal: "127.0.0.1")?.isIPv6 == false)
        #expect(HostAddress(literal: "::1")?.isIPv6 == true)
        #expect(HostAddress(literal: "::1")?.text == "::1")
        #expect(HostAddress(literal: "localhost") == nil)
        #expect(throws: SocketError.self) { try HostAddress.find("nothing.invalid") }
        let found = try? HostAddress.find("localhost", isIPv6: false)
        #expect(found?.text == "127.0.0.1")
    }

    @Test(.enabled(if: geteuid() == 0), arguments: ["127.0.0.1", "::1"])
    func `This host answers, whatever the payload`(host: String) async throws {
        let address = try #require(HostAddress(literal: host))
        let loop = try EventLoop(named: "echo-test")
        loop.start()
        defer { loop.stop() }
        for payload in [0, 8, 33, 1_400] {
            let result = await withCheckedContinuation { continuation in
                loop.submit {
                    EchoRequest.send(to: address, payload: payload, timeout: .seconds(20), on: loop) {
                        continuation.resume(returning: $0)
                    }
                }
            }
            let echo = try result.get()
            #expect(echo.roundTrip > .zero)
            #expect((echo.hopLimit ?? 0) > 0)
        }
    }
}
