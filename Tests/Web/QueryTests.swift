import Configuration
import Foundation
import HTTPServer
import JSON
import Metrics
import Synchronization
import Instruments
import Storage
import Testing

@testable import Web

@Suite struct QueryTests {
    private func filled(_ settings: WebSettings = WebSettings(), series: Int = 3, maxSamples: Int = 50_000_000) throws
        -> Room
    {
        let room = Room(settings, maxSamples: maxSamples)
        for number in 0..<series {
            for step in 0..<5 {
                try room.desk.store.append(
                    ["__name__": "m", "n": String(number), "a.b": "x"],
                    Timestamp(milliseconds: 1_600_000_000_000 + Int64(step) * 15_000),
                    Double(number + step)
                )
            }
        }
        return room
    }

    private func data(_ answer: Room.Answer) throws -> JSONValue? {
        let value = try JSONValue(parsing: answer.body)
        #expect(value["status"] == "success")
        return value["data"]
    }

    @Test func `A form and a query mean the same`() async throws {
        let room = try filled()
        let got = await room.ask("/api/v1/query?query=m%2B1&time=1600000060")
        let posted = await room.ask("POST", "/api/v1/query", form: "query=m%2B1&time=1600000060")
        #expect(got.text == posted.text && got.status == 200)
        #expect(try data(got)?["result"]?.array?.count == 3)
    }

    @Test func `A limit cuts and says so`() async throws {
        let room = try filled()
        for path in ["/api/v1/query?query=m&time=1600000060", "/api/v1/series?match[]=m", "/api/v1/label/n/values"] {
            let answer = await room.ask(path + (path.contains("?") ? "&" : "?") + "limit=2")
            #expect(try JSONValue(parsing: answer.body)["warnings"] == ["results truncated due to limit"])
            let whole = await room.ask(path + (path.contains("?") ? "&" : "?") + "limit=0")
            #expect(try JSONValue(parsing: whole.body)["warnings"] == nil)
        }
        #expect(await room.ask("/api/v1/labels?limit=-1").status == 400)
    }

    @Test func `Long answers are sent in pieces and are whole`() async throws {
        let room = try filled(series: 5_000)
        let answer = await room.ask("/api/v1/query_range?query=m&start=1600000000&end=1600000060&step=15")
        #expect(try data(answer)?["result"]?.array?.count == 5_000)
        #expect(try data(await room.ask("/api/v1/series?match[]=m"))?.array?.count == 5_000)
    }

    @Test func `Series are those with samples in the span`() async throws {
        let room = try filled()
        func count(_ span: String) async throws -> Int? {
            try data(await room.ask("/api/v1/series?match[]=m\(span)"))?.array?.count
        }
        #expect(try await count("") == 3)
        #expect(try await count("&start=1600000010&end=1600000020") == 3)
        #expect(try await count("&start=1600000016&end=1600000020") == 0)
        #expect(try await count("&start=1600000061") == 0)
        #expect(try await count("&end=1599999999") == 0)
        #expect(try await count("&match[]={n=\"1\"}") == 3)
    }

    @Test func `Names that need it may be escaped`() async throws {
        let room = try filled()
        #expect(try data(await room.ask("/api/v1/label/U__a_2E_b/values")) == ["x"])
        #expect(try data(await room.ask("/api/v1/label/a.b/values")) == ["x"])
        #expect(EscapedName.decoded("U__a__b_1F600_") == "a_b😀")
        for text in ["U__a_zz_", "U__a_12", "U__a_110000_", "plain_name", "U_x"] {
            #expect(EscapedName.decoded(text) == text)
        }
    }

    @Test func `A query that takes too long or too much is ended`() async throws {
        let room = try filled(series: 200)
        let slow =
            "query=" + (0..<6).map { _ in "count(m)by(n)" }.joined(separator: "%2B")
            + "&start=1600000000&end=1600010000&step=1"
        let late = await room.ask("/api/v1/query_range?\(slow)&timeout=0.000")
        #expect(late.status == 503)
        #expect(try JSONValue(parsing: late.body)["errorType"] == "timeout")
        let gone = HTTPServer.Abandonment()
        gone.abandon()
        let canceled = await room.ask("/api/v1/query_range?\(slow)", abandonment: gone)
        #expect(try JSONValue(parsing: canceled.body)["errorType"] == "canceled")
        let small = try filled(series: 200, maxSamples: 100)
        let much = await small.ask("/api/v1/query?query=m&time=1600000060")
        #expect(much.status == 422)
        #expect(much.text.contains("query processing would load too many samples into memory"))
    }

    /// Work that lasts until it is let go.
    private final class Held: Sendable {
        private let isHeld = Mutex(true)

        func wait() -> Int {
            while isHeld.withLock({ $0 }) { usleep(1_000) }
            return 1
        }

        func letGo() { isHeld.withLock { $0 = false } }
    }

    @Test func `Work beyond what may run and wait is refused`() async throws {
        let gate = WorkGate("test", width: 1, waiting: 1, patience: .seconds(60), .init())
        let held = Held()
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<3 { group.addTask { try? await gate.run { held.wait() } } }
            // One works and one waits, so the first to come back is the third.
            #expect(await group.next() == .some(nil))
            held.letGo()
            #expect(await group.next() == 1)
            #expect(await group.next() == 1)
        }
    }

    @Test func `Federation tells the last samples and whose they are`() async throws {
        let room = Room()
        let now = Timestamp.now
        try room.desk.store.append(["__name__": "b", "x": "1"], now - .seconds(20), 1)
        try room.desk.store.append(["__name__": "b", "x": "1"], now - .seconds(10), 2)
        try room.desk.store.append(["__name__": "a", "host": "own"], now - .seconds(10), 3)
        try room.desk.store.append(["__name__": "gone"], now - .seconds(10), MarkerNaN.stale)
        try room.desk.store.append(["__name__": "old"], now - .minutes(10), 1)
        let time = (now - .seconds(10)).rawValue
        let answer = await room.ask("/federate?match[]={__name__=~\".%2B\"}&match[]=b")
        #expect(
            answer.text == """
                # TYPE a untyped
                a{host="own"} 3 \(time)
                # TYPE b untyped
                b{host="h1",x="1"} 2 \(time)

                """
        )
        #expect(await room.ask("/federate?match[]={").status == 400)
    }
}
