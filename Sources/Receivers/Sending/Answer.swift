import Alerting
import JSON
import Metrics

/// What a service answered, and what that means.
struct Answer: Sendable {
    let status: Int
    let retryAfter: String?
    let body: [UInt8]

    func judged(for call: OutgoingCall, at now: Timestamp) -> SendResult {
        switch status {
        case 200..<300:
            guard call.proof == .slack, let complaint = slackComplaint else { return .taken }
            return .refused("Slack says: \(complaint)")
        case 429, 500...: return .failed(words, retryAfter: wait(at: now))
        default:
            guard call.retriedStatuses.contains(status) else { return .refused(words) }
            return .failed(words, retryAfter: wait(at: now))
        }
    }

    /// `unexpected status code 400: no such channel`.
    private var words: String {
        let text = String(decoding: body.prefix(512), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return "unexpected status code \(status)" + (line.isEmpty ? "" : ": \(line)")
    }

    /// `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3).
    private func wait(at now: Timestamp) -> Milliseconds? {
        guard let retryAfter else { return waitInBody }
        if let seconds = Int64(retryAfter), (0...31_536_000).contains(seconds) { return .seconds(seconds) }
        guard let date = Self.date(retryAfter) else { return nil }
        return max(.zero, date - now)
    }

    /// Telegram says it in the body, `{"parameters": {"retry_after": 35}}`, and Discord too, `{"retry_after": 1.5}`.
    private var waitInBody: Milliseconds? {
        guard status == 429, let json = try? JSONValue(parsing: String(decoding: body, as: UTF8.self)) else {
            return nil
        }
        let seconds = json["parameters"]?["retry_after"]?.double ?? json["retry_after"]?.double ?? -1
        return (0...31_536_000).contains(seconds) ? Milliseconds(Int64(seconds * 1000)) : nil
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func date(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month + 1
        return Timestamp(rfc3339: "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
    }

    /// What Slack has against a message although it answers with 200.
    private var slackComplaint: String? {
        let text = String(decoding: body, as: UTF8.self)
        if let json = try? JSONValue(parsing: text), let isFine = json["ok"]?.boolean {
            return isFine ? nil : json["error"]?.string ?? "no"
        }
        let word = text.filter { !$0.isWhitespace }
        return word == "ok" || word.isEmpty ? nil : String(text.prefix(200))
    }

    /// Whether a mail server's words say never. The first number of three digits is its code: it begins what the server says, and ends what
    /// the library says in its place.
    static func isFinalForMail(_ words: String) -> Bool {
        words.split { !$0.isNumber }.first { $0.count == 3 }?.first == "5"
    }
}
