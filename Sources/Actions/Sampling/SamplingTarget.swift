import EventLoop
import Files
import HTTPClient
import JSON
import Metrics
import Playbooks
import Systemd

/// A rate that can be read and set, wherever it is kept.
struct SamplingTarget: Sendable {
    private let order: Order
    private let settings: ActionArguments

    init(_ order: Order) throws {
        guard let settings = order.arguments.record("target") else {
            throw DeedFailure("the argument 'target' is missing")
        }
        self.order = order
        self.settings = settings
    }

    var words: String { SamplingArguments.words(order.arguments) }

    /// What tells it from other targets, across restarts.
    var identity: String {
        let parts = ["file", "path", "get", "field"].map { settings.text($0) ?? "" }
        return ConfigVersions.digest(of: Array(parts.joined(separator: "\u{0}").utf8))
    }

    /// The text that holds the rate, and the rate.
    func read() async throws -> (text: String, number: BoundedNumber) {
        let text: String
        if let file = settings.text("file") {
            let path = try place()
            text = try await offload { [self] in
                try ConfigText(FileChange.present(file, order.tools), path: file, format: settings.text("format"))
                    .value(at: path).text
            }
        } else {
            text = try await ask()
        }
        guard let number = BoundedNumber(text) else {
            throw DeedFailure("the rate '\(Wording.shown(text))' is not a number")
        }
        return (text, number)
    }

    /// Sets it, and has it take effect. What undoes that, all of it.
    func write(_ text: String) async throws -> Undo {
        guard let file = settings.text("file") else {
            let former = try await read().text
            try await send(settings.record("set"), value: text)
            return try undoRequest(former)
        }
        let change = try await offload { [self] in try self.change(file, text) }
        if !change.isNone {
            _ = try await offload(interruptible: { [order] in try change.carryOut(check: [], order, $0) })
        }
        do {
            try await apply()
        } catch {
            var failure = DeedFailure(error)
            failure.undo = change.undo.json
            throw failure
        }
        return .all([change.undo] + applyUndo())
    }

    /// What would undo setting it so.
    func rollback(_ text: String) async throws -> Undo {
        guard let file = settings.text("file") else { return try undoRequest(try await read().text) }
        let change = try await offload { [self] in
            let change = try self.change(file, text)
            try order.tools.versions.store(change.former)
            return change
        }
        return .all([change.undo] + applyUndo())
    }

    private func change(_ file: String, _ text: String) throws -> FileChange {
        let former = try FileChange.present(file, order.tools)
        let content = try ConfigText(former, path: file, format: settings.text("format"))
            .setting(try place(), to: .text(text))
        return FileChange(path: file, former: former, content: content)
    }

    private func place() throws -> String {
        guard let path = settings.text("path") else { throw DeedFailure("the target's 'path' is missing") }
        return path
    }

    // MARK: Taking effect

    private func apply() async throws {
        guard let apply = settings.record("apply") else { return }
        for (verb, name) in [(UnitJob.Verb.reload, "reload"), (.restart, "restart")] {
            guard let unit = apply.text(name) else { continue }
            let outcome = try await order.manager().run(verb.job, unit, timeout: order.remaining)
            guard outcome.result == .done else {
                throw DeedFailure("\(verb.words) \(unit): the job ended '\(outcome.result.word)'")
            }
        }
        if let request = apply.record("request") { try await send(request, value: nil) }
    }

    private func applyUndo() -> [Undo] {
        guard let apply = settings.record("apply") else { return [] }
        var undos: [Undo] = []
        if let unit = apply.text("reload") { undos.append(.job(verb: "reload", unit: unit)) }
        if let unit = apply.text("restart") { undos.append(.job(verb: "restart", unit: unit)) }
        if let request = apply.record("request") { undos.append(Self.undo(request, value: nil)) }
        return undos
    }

    // MARK: An endpoint

    private func ask() async throws -> String {
        guard let url = settings.text("get") else { throw DeedFailure("the target says neither 'file' nor 'get'") }
        let request = HTTPRequest("GET", url, timeout: order.remaining, bodyLimit: 1 << 20)
        let response = try await order.http().send(request, settings: .toOneServer)
        guard response.status == 200 else { throw DeedFailure("\(Wording.shown(url)) answered \(response.status)") }
        return try Self.number(in: response.body, at: settings.text("field"))
    }

    /// A bare number, or one in JSON.
    static func number(in body: [UInt8], at field: String?) throws -> String {
        guard let field else {
            let text = String(decoding: body, as: UTF8.self).split { $0.isWhitespace }.first.map(String.init) ?? ""
            return text
        }
        return try JSONText(body).scalar(at: ConfigText.steps(field)).text
    }

    private func send(_ settings: ActionArguments?, value: String?) async throws {
        guard let settings, let url = settings.text("url") else { throw DeedFailure("the target's 'set' is missing") }
        let method = settings.text("method") ?? "POST"
        let filled = ConfigCheck.filled(url, with: value.map(FormEncoding.encoded) ?? "")
        let request = HTTPRequest(
            method,
            filled,
            headers: settings.pairs("headers").map { HTTPHeader($0.name, $0.value) },
            body: Array(ConfigCheck.filled(settings.text("body") ?? "", with: value ?? "").utf8),
            timeout: order.remaining
        )
        let response = try await order.http().send(request, settings: .toOneServer)
        guard (200..<300).contains(response.status) else {
            throw DeedFailure("\(method) \(Wording.shown(filled)) answered \(response.status)")
        }
    }

    private func undoRequest(_ former: String) throws -> Undo {
        guard let set = settings.record("set") else { throw DeedFailure("the target's 'set' is missing") }
        return Self.undo(set, value: former)
    }

    private static func undo(_ settings: ActionArguments, value: String?) -> Undo {
        .request(
            method: settings.text("method") ?? "POST",
            url: ConfigCheck.filled(settings.text("url") ?? "", with: value.map(FormEncoding.encoded) ?? ""),
            headers: settings.pairs("headers").map { JSONObject.Member(name: $0.name, value: .string($0.value)) },
            body: ConfigCheck.filled(settings.text("body") ?? "", with: value ?? "")
        )
    }
}
