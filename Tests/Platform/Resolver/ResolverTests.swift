import EventLoop
import Testing

@testable import Resolver

@Suite struct `The resolver` {
    @Test func `The system's file says whom to ask`() {
        let settings = ResolverSettings(
            text:
                "# hello\nnameserver 10.0.0.1\nnameserver ::1\nsearch a.test b.test\noptions ndots:2 timeout:3 attempts:1 edns0\n"
        )
        #expect(settings.servers.map(\.address) == ["10.0.0.1", "::1"])
        #expect(settings.timeout == .seconds(3) && settings.attempts == 1)
        #expect(settings.candidates(for: "db") == ["db.a.test.", "db.b.test.", "db."])
        #expect(settings.candidates(for: "x.y.z") == ["x.y.z.", "x.y.z.a.test.", "x.y.z.b.test."])
        #expect(settings.candidates(for: "db.") == ["db."])
        #expect(ResolverSettings(text: "").servers.map(\.address) == ["127.0.0.1"])
    }

    @Test func `An answer is read, and what is none is not`() throws {
        let question = try #require(DNSMessage.question("db.test.", .srv, identifier: 7))
        var bytes = question
        bytes[2] = 0x81
        bytes[7] = 2
        let head: [UInt8] = [0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60]
        bytes += head + [0, 10, 0, 1, 0, 2, 0x1f, 0x90, 1, 97, 0xc0, 12]
        bytes += head + [0, 9, 0, 1, 0, 2, 0, 80, 1, 98, 0]
        let answer = try #require(DNSMessage.answer(bytes, to: question))
        #expect(
            answer.records == [
                .srv(priority: 1, weight: 2, port: 8_080, target: "a.db.test."),
                .srv(priority: 1, weight: 2, port: 80, target: "b."),
            ]
        )
        for count in 0..<bytes.count { #expect(DNSMessage.answer(Array(bytes[..<count]), to: question) == nil) }
        var other = bytes
        other[1] = 8
        #expect(DNSMessage.answer(other, to: question) == nil)
        // A name that points to itself ends.
        var looping = question
        looping[2] = 0x81
        looping[7] = 1
        let place = UInt8(looping.count)
        looping += [0xc0, place, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4]
        #expect(DNSMessage.answer(looping, to: question) == nil)
    }

    @Test func `A name that cannot be one is refused`() {
        #expect(DNSMessage.question("a..b", .a, identifier: 1) == nil)
        #expect(DNSMessage.question(String(repeating: "a", count: 64), .a, identifier: 1) == nil)
        #expect(DNSMessage.question(String(repeating: "abc.", count: 70), .a, identifier: 1) == nil)
    }

    @Test(arguments: [
        ([UInt8](repeating: 0, count: 15) + [1], "::1"), ([UInt8](repeating: 0, count: 16), "::"),
        ([0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [0x10], "2001:db8::10"),
        ([0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 6, 0, 7, 0, 8], "1:0:3::6:7:8"),
    ])
    func `Addresses of IPv6 are written short`(bytes: [UInt8], text: String) {
        #expect(DNSRecord.aaaa(bytes).text == text)
    }

    @Test func `Records are read and written as zone files have them`() throws {
        let question = try #require(DNSMessage.question("db.test.", .txt, identifier: 7))
        var bytes = question
        bytes[2] = 0x81
        (bytes[7], bytes[9]) = (3, 1)
        func record(_ kind: UInt8, _ data: [UInt8]) -> [UInt8] {
            [0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
        }
        bytes += record(16, [3, 97, 98, 99, 1, 100])
        bytes += record(15, [0, 10, 0xc0, 12])
        bytes += record(6, [0xc0, 12, 0xc0, 12, 1, 2, 3, 4] + [UInt8](repeating: 0, count: 16))
        let answer = try #require(DNSMessage.answer(bytes, to: question))
        #expect(answer.records.map(\.text) == ["abcd", "10 db.test.", "db.test. 16909060"])
        #expect(answer.answerCount == 3 && answer.authorityCount == 1 && answer.additionalCount == 0)
        // A piece of text that is longer than its record.
        var lying = question
        lying[2] = 0x81
        lying[7] = 1
        lying += record(16, [9, 97])
        #expect(DNSMessage.answer(lying, to: question) == nil)
        #expect(DNSRecord.a([10, 0, 0, 1]).text == "10.0.0.1")
    }
}
