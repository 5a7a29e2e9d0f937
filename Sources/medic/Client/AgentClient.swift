import Configuration
import Dispatch
import EventLoop
import HTTPClient
import HTTPSettings
import Instruments
import JSON
import Logging
import Secrets
import Synchronization

/// Where an agent, or a Prometheus, is.
enum AgentAddress: Hashable, CustomStringConvertible {
    case socket(String)
    case url(String)

    static let standardSocket = Places.socket

    var description: String {
        switch self {
        case .socket(let path): path
        case .url(let url): url
        }
    }

    /// What stands before the path of a request. Behind a socket the host is a formality.
    fileprivate var base: String {
        switch self {
        case .socket: return "http://localhost"
        case .url(let url):
            var url = Substring(url)
            while url.hasSuffix("/") { url.removeLast() }
            return url.contains("://") ? String(url) : "http://\(url)"
        }
    }
}

/// Asks an agent and waits for what it says.
final class AgentClient {
    /// As much of an answer is read; it is kept in memory.
    static let bodyBytesMax = 256 << 20

    let address: AgentAddress
    /// The thread on which answers arrive.
    let loop: EventLoop
    private let client: HTTPClient
    private let settings: HTTPClientSettings
    /// What goes along with every query.
    let parameters: [(String, String)]

    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    convenience init(_ address: AgentAddress, tokenFile: String? = nil) throws {
        var settings = HTTPClientSettings()
        if case .socket(let path) = address { settings.unixSocket = path }
        if let tokenFile {
            settings.credentials = .authorization(type: "Bearer", credentials: Secret(.file(tokenFile)))
        }
        try self.init(address, settings)
    }

    /// Asks in the way that a configuration says of a datasource.
    convenience init(_ datasource: DatasourceSettings) throws {
        let parameters = datasource.parameters.map { ($0.name, $0.value) }
        try self.init(.url(datasource.url), datasource.client, parameters)
    }

    private init(
        _ address: AgentAddress,
        _ settings: HTTPClientSettings,
        _ parameters: [(String, String)] = []
    ) throws {
        self.address = address
        self.settings = settings
        self.parameters = parameters
        loop = try EventLoop(named: "medic-client")
        client = HTTPClient(
            loop: loop,
            log: Logger(.discarding(), component: "client"),
            instruments: Instruments(),
            userAgent: "medic/\(Version.number)"
        )
        loop.start()
    }

    deinit {
        let client = client
        loop.submit { client.stop() }
        loop.stop()
    }

    // MARK: Asking

    /// The data of an answer in Prometheus's shape.
    func get(_ path: String, _ parameters: [(String, String)] = []) throws(AgentFailure) -> JSONValue {
        try data(of: send("GET", path, parameters))
    }

    /// The same, with the parameters in a form, which may be long.
    func post(_ path: String, _ parameters: [(String, String)]) throws(AgentFailure) -> JSONValue {
        try data(of: send("POST", path, parameters))
    }

    /// What the agent says where it knows the path; nil where it does not, as with an earlier version.
    func offered(_ path: String, _ parameters: [(String, String)] = []) throws(AgentFailure) -> JSONValue? {
        let answer = try send("GET", path, parameters)
        if answer.status == 404 { return nil }
        return try data(of: answer)
    }

    func send(
        _ method: String,
        _ path: String,
        _ parameters: [(String, String)] = [],
        timeout: Duration = .seconds(150)
    ) throws(AgentFailure) -> Answer {
        let form = FormEncoding.encoded(parameters)
        var request = HTTPRequest(method, address.base + path, timeout: timeout, bodyLimit: Self.bodyBytesMax)
        if method == "GET" {
            if !form.isEmpty { request.url += "?" + form }
        } else {
            request.headers = [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")]
            request.body = Array(form.utf8)
        }
        return try answer(to: request)
    }

    /// The same with JSON, or nothing, for a body.
    func sendJSON(_ method: String, _ path: String, _ body: JSONValue?) throws(AgentFailure) -> Answer {
        var request = HTTPRequest(method, address.base + path, timeout: .seconds(150), bodyLimit: Self.bodyBytesMax)
        if let body {
            request.headers = [HTTPHeader("Content-Type", "application/json")]
            request.body = Array(body.description.utf8)
        }
        return try answer(to: request)
    }

    private func answer(to request: HTTPRequest) throws(AgentFailure) -> Answer {
        let result = exchange(request)
        do throws(HTTPClientError) {
            let response = try result.get()
            return Answer(status: response.status, body: response.body)
        } catch {
            throw AgentFailure(error, at: address)
        }
    }

    private func exchange(_ request: HTTPRequest) -> Result<HTTPResponse, HTTPClientError> {
        let waiting = Waiting<Result<HTTPResponse, HTTPClientError>>()
        client.send(request, settings: settings) { waiting.give($0) }
        return waiting.wait()
    }

    /// The tree of an answer, its `data` where it has Prometheus's shape.
    func data(of answer: Answer) throws(AgentFailure) -> JSONValue {
        let isWell = 200..<300 ~= answer.status
        guard let tree = try? JSONValue(parsing: answer.body, repeatedNames: .lastCounts) else {
            let start = String(answer.text.prefix(200).reversed().drop(while: \.isWhitespace).reversed()).onOneLine
            if isWell || answer.status == 404 {
                throw .notUnderstood("\(address) is neither an agent nor a Prometheus: it answers '\(start)'")
            }
            throw .refused(status: answer.status, message: "\(address) answers \(answer.status): \(start)")
        }
        guard isWell else {
            let message = tree["error"]?.string ?? "\(address) answers \(answer.status)"
            throw .refused(status: answer.status, message: message)
        }
        return tree["status"]?.string == "success" ? tree["data"] ?? tree : tree
    }
}

/// Something that another thread will give.
final class Waiting<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func give(_ value: Value) {
        self.value.withLock { $0 = value }
        isThere.signal()
    }

    func wait() -> Value {
        while true {
            if let value = value.withLock({ $0 }) { return value }
            isThere.wait()
        }
    }

    /// Nil when it was not given in time.
    func wait(for span: Duration) -> Value? {
        _ = isThere.wait(timeout: .now() + .nanoseconds(Int(clamping: span.wholeNanoseconds)))
        return value.withLock { $0 }
    }
}
