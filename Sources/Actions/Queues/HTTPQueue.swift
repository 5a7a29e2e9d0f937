import EventLoop
import HTTPClient
import Playbooks

/// A queue that only its owner can touch, behind an endpoint.
struct HTTPQueue {
    private let queue: Queue

    init(_ queue: Queue) {
        self.queue = queue
    }

    func length() async throws -> Int? {
        guard let url = queue.settings.text("length") else { return nil }
        let request = HTTPRequest("GET", url, timeout: queue.order.remaining, bodyLimit: 1 << 20)
        let response = try await queue.order.http().send(request, settings: .toOneServer)
        guard response.status == 200 else { throw DeedFailure("\(Wording.shown(url)) answered \(response.status)") }
        let text = try SamplingTarget.number(in: response.body, at: queue.settings.text("field"))
        guard let number = Double(text), number >= 0, number < 0x1p53 else {
            throw DeedFailure("the length '\(Wording.shown(text))' is not a number")
        }
        return Int(number)
    }

    /// Makes the request that the playbook says.
    static func send(_ settings: ActionArguments, _ order: Order) async throws {
        guard let url = settings.text("url") else { throw DeedFailure("'url' is missing") }
        let method = settings.text("method") ?? "POST"
        let request = HTTPRequest(
            method,
            url,
            headers: settings.pairs("headers").map { HTTPHeader($0.name, $0.value) },
            body: Array((settings.text("body") ?? "").utf8),
            timeout: order.remaining
        )
        let response = try await order.http().send(request, settings: .toOneServer)
        guard (200..<300).contains(response.status) else {
            throw DeedFailure("\(method) \(Wording.shown(url)) answered \(response.status)")
        }
    }
}
