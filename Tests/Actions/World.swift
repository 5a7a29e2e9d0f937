import Configuration
import EventLoop
import Foundation
import HTTPClient
import Instruments
import JSON
import Logging
import Metrics
import Playbooks
import Processes
import Systemd
import Testing

@testable import Actions

/// Real deeds in a folder of their own.
final class World: Sendable {
    let folder: String
    let loop: EventLoop
    let log = LogSink.recording()
    let tools: ActionTools

    init(
        manager: ServiceManager? = nil,
        files: [TrackedFile] = [],
        at folder: String? = nil,
        _ permit: (inout Permits) -> Void = { _ in }
    ) throws {
        let folder =
            folder ?? FileManager.default.temporaryDirectory.path + "/medic-deeds-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder + "/yard", withIntermediateDirectories: true)
        self.folder = folder
        loop = try EventLoop(named: "deeds")
        loop.start()
        var permits = Permits()
        permits.actions = ["*"]
        permits.readable = [folder + "/yard"]
        permits.writable = [folder + "/yard"]
        permits.deletable = [folder + "/yard"]
        permit(&permits)
        let logger = Logger(log, component: "test")
        var tools = ActionTools(
            permits: { [permits] in permits },
            folder: folder + "/data",
            loop: loop,
            log: logger,
            versions: ConfigVersions(folder: folder + "/data/config", files: files, log: logger)
        )
        tools.manager = manager
        tools.http = HTTPClient(loop: loop, log: logger, instruments: Instruments())
        self.tools = tools
    }

    deinit {
        loop.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A path in the folder that may be touched.
    func path(_ name: String) -> String { "\(folder)/yard/\(name)" }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = path(name)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    func request(
        _ action: String,
        _ arguments: ActionArguments,
        timeout: Milliseconds = .seconds(30),
        run: String = "run-1",
        step: Int = 0
    ) -> ActionRequest {
        ActionRequest(
            key: ActionKey(run: run, step: step, attempt: 1),
            playbook: "test",
            action: action,
            arguments: arguments.filled(for: action),
            timeout: timeout,
            subject: Labels(),
            alert: FiringAlert(
                labels: Labels(),
                startsAt: .epoch,
                origin: .rule(expression: "up == 0", interval: .seconds(15))
            )
        )
    }

    func perform(
        _ action: String,
        _ arguments: ActionArguments,
        timeout: Milliseconds = .seconds(30),
        run: String = "run-1",
        step: Int = 0
    ) async -> ActionOutcome {
        await Deeds.perform(request(action, arguments, timeout: timeout, run: run, step: step), tools)
    }

    func undo(_ outcome: ActionOutcome) async throws -> String {
        let undo = try #require(outcome.undo.flatMap { Undo(json: $0) })
        #expect(Undo(json: undo.json) == undo)
        return try await undo.perform(tools)
    }
}

extension ActionArguments {
    /// With what holds where a playbook says nothing, as the language adds it.
    func filled(for action: String) -> ActionArguments {
        filled(ActionCatalogue.medic[action]?.arguments ?? [])
    }

    private func filled(_ declarations: [ArgumentDeclaration]) -> ActionArguments {
        var result = members.map { member -> Member in
            guard case .record(let inner) = member.value,
                case .record(let declared) = declarations.first(where: { $0.name == member.name })?.kind
            else { return member }
            // A record of alternatives has nothing to fill in.
            return Member(name: member.name, value: .record(inner.filled(declared)))
        }
        for declaration in declarations where self[declaration.name] == nil {
            if let standard = declaration.standard { result.append(Member(name: declaration.name, value: standard)) }
        }
        return ActionArguments(result)
    }
}

extension ActionArguments: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, ArgumentValue)...) {
        self.init(elements.map { Member(name: $0.0, value: $0.1) })
    }
}

extension ArgumentValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByStringInterpolation
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: ArgumentValue...) { self = .list(elements) }

    init(dictionaryLiteral elements: (String, ArgumentValue)...) {
        self = .record(ActionArguments(elements.map { .init(name: $0.0, value: $0.1) }))
    }
}

/// What a label may hold that somebody means ill with.
enum Hostile {
    static let texts = [
        "; touch /tmp/medic-was-here", "$(touch /tmp/medic-was-here)", "`id`", "a b", "'", "\"", "\\", "\n", "a\nb: c",
        "../../etc/passwd", "/etc/../etc/passwd", "a\u{0}b", "--help", "-rf", "*", "%n", "{{ .Candidate }}",
        "\u{202E}", "\u{1B}[2J", String(repeating: "x", count: 1_000_000),
    ]
}
