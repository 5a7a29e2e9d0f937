import HTTPServer
import Instruments
import JSON
import Metrics
import Testing

@testable import HTTPServer
@testable import Web

@Suite struct EventHubTests {
    private let hub = EventHub(startedAt: Timestamp(milliseconds: 5), version: "1", instruments: Instruments())

    /// What waits for the client.
    private func taken(_ channel: EventChannel?) -> String {
        guard let channel else { return "" }
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            // The buffer outlives the call.
            let reading = unsafe buffer.withUnsafeMutableBytes { unsafe channel.read(into: $0) { true } }
            guard case .bytes(let count) = reading else { return text }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    private func publish(_ kind: EventHub.Kind = .run, _ number: Int) {
        hub.publish(kind) { .tree { $0.add("n", number: number) } }
    }

    @Test func `Who listens hears what happens from then on`() {
        publish(.run, 1)
        let channel = hub.listen(after: nil, kinds: [])
        publish(.run, 2)
        let text = taken(channel)
        #expect(text.hasPrefix("event: hello\nid: 5-1\ndata: {"))
        #expect(text.hasSuffix("event: run\nid: 5-2\ndata: {\"n\":2}\n\n"))
        #expect(!text.contains("\"n\":1"))
    }

    @Test func `Only the kinds that were asked for are told`() {
        let channel = hub.listen(after: nil, kinds: [.alert])
        publish(.run, 1)
        publish(.alert, 2)
        let text = taken(channel)
        #expect(!text.contains("event: run"))
        #expect(text.contains("event: alert\nid: 5-2"))
    }

    @Test func `Who comes back hears what was missed, once`() {
        let first = hub.listen(after: nil, kinds: [])
        publish(.run, 1)
        first?.close()
        publish(.run, 2)
        publish(.run, 3)
        let again = taken(hub.listen(after: "5-1", kinds: []))
        #expect(!again.contains("\"n\":1}"))
        #expect(again.contains("id: 5-2") && again.contains("id: 5-3"))
        let current = taken(hub.listen(after: "5-3", kinds: []))
        #expect(!current.contains("reset") && !current.contains("event: run"))
    }

    @Test(arguments: ["4-1", "5-99", "nonsense", "5-", "-", "5-0"])
    func `What cannot be told any more is said`(id: String) {
        // Nobody listened: nothing is remembered.
        publish(.run, 1)
        let text = taken(hub.listen(after: id, kinds: []))
        #expect(text.contains("event: reset\nid: 5-1"))
    }

    @Test func `What is remembered has an end`() {
        let channel = hub.listen(after: nil, kinds: [.health])
        for number in 0..<5_000 { publish(.run, number) }
        #expect(taken(hub.listen(after: "5-1", kinds: [])).contains("event: reset"))
        #expect(taken(hub.listen(after: "5-4990", kinds: [])).contains("id: 5-5000"))
        #expect(channel?.isClosed == false)
    }

    @Test func `Whoever does not take what is sent is cut off, and the others go on`() {
        let slow = hub.listen(after: nil, kinds: [])
        let other = hub.listen(after: nil, kinds: [.alert])
        let long = String(repeating: "x", count: 10_000)
        for _ in 0..<100 { hub.publish(.run) { .string(long) } }
        publish(.alert, 1)
        #expect(slow?.isClosed == true)
        #expect(taken(other).contains("event: alert"))
    }

    @Test func `No more listen than may`() {
        let channels = (0..<EventHub.listenersMax).map { _ in hub.listen(after: nil, kinds: []) }
        #expect(channels.allSatisfy { $0 != nil })
        #expect(hub.listen(after: nil, kinds: []) == nil)
        channels.first??.close()
        #expect(hub.listen(after: nil, kinds: []) != nil)
        hub.close()
        #expect(!hub.hasListeners)
    }
}
