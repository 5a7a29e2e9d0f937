import EventLoop
import Files
import HTTPClient
import JSON
import Playbooks

extension HTTPRequestAction {
    /// A heap profile may be large; what is no evidence is cut for the record anyway.
    private static let bodyBytesMax = 64 << 20

    func perform(_ order: Order) async throws -> ActionOutcome {
        let response = try await Self.send(order, method: order.arguments.text("method") ?? "GET")
        var evidence: [String] = []
        if let name = order.arguments.text("save") {
            let folder = EvidenceFolder(order)
            evidence.append(try await offload { try folder.keep(name, response.body) })
        }
        let output = String(decoding: response.body.prefix(4_096), as: UTF8.self)
        do {
            try Self.judge(response, order.arguments)
        } catch {
            var failure = DeedFailure(error)
            failure.output = evidence.isEmpty ? output : ""
            failure.evidence = evidence
            throw failure
        }
        return ActionOutcome(
            .succeeded,
            message: "\(order.arguments.words("method")) \(order.arguments.words("url")): \(response.status)",
            output: evidence.isEmpty ? output : "",
            after: ["status": .integer(Int64(response.status)), "bytes": .integer(Int64(response.body.count))],
            evidence: evidence
        )
    }

    static func send(_ order: Order, method: String) async throws -> HTTPResponse {
        var headers = order.arguments.pairs("headers").map { HTTPHeader($0.name, $0.value) }
        if let path = order.arguments.text("bearer_token_file") {
            let token = try await offload { try PasswordFile.read(path, order.tools) }
            headers.append(HTTPHeader("Authorization", "Bearer \(token)"))
        }
        let request = HTTPRequest(
            method,
            try order.text("url"),
            headers: headers,
            body: Array((order.arguments.text("body") ?? "").utf8),
            timeout: order.remaining,
            bodyLimit: bodyBytesMax
        )
        return try await order.http().send(request, settings: .toOneServer)
    }

    /// Throws when the answer is not what the step expects.
    static func judge(_ response: HTTPResponse, _ arguments: ActionArguments) throws {
        let expectation = arguments.record("expect")
        let statuses = (expectation?.list("status") ?? []).compactMap { value -> Int64? in
            if case .integer(let number) = value { number } else { nil }
        }
        let isExpected =
            statuses.isEmpty ? (200..<300).contains(response.status) : statuses.contains(Int64(response.status))
        guard isExpected else {
            let wish = statuses.isEmpty ? "200 to 299" : statuses.map(String.init).joined(separator: " or ")
            throw DeedFailure("\(arguments.words("url")) answered \(response.status), and \(wish) was expected")
        }
        guard let pattern = expectation?.text("body") else { return }
        guard try PatternText(pattern).isFound(in: String(decoding: response.body, as: UTF8.self)) else {
            throw DeedFailure("'\(Wording.shown(pattern))' is not found in the answer of \(arguments.words("url"))")
        }
    }
}

/// A password or token alone in a file below a permitted folder.
enum PasswordFile {
    static func read(_ path: String, _ tools: ActionTools) throws -> String {
        let file = try PermittedFile(path, .read, tools)
        var bytes = try file.folder.read(file.name, limit: 64 * 1024)
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        guard !bytes.contains(where: { $0 < 0x20 }) else { throw DeedFailure("\(path) holds more than one line") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
