import EventLoop
import HTTPClient
import HTTPSettings
import JSON
import Metrics
import SystemBus
import Systemd

extension Undo {
    /// Takes the deed back, and says in a sentence what was done.
    public func perform(_ tools: ActionTools, timeout: Duration = .seconds(60)) async throws -> String {
        switch self {
        case .file(let path, let former, let written, let units):
            let isPut = try await tools.versions.putBack(path, former: former, unlessOtherThan: written, tools)
            guard isPut else { return "\(path) has its former content already" }
            var sentences = ["put the former content of \(path) back"]
            for unit in units { sentences.append(try await run(.reloadOrRestart, unit, tools, timeout)) }
            return sentences.joined(separator: "; ")
        case .job(let verb, let unit):
            guard let verb = UnitJob.Verb(rawValue: verb) else { throw DeedFailure("there is no job '\(verb)'") }
            return try await run(verb, unit, tools, timeout)
        case .properties(let unit, let values, let runtime):
            let properties = values.compactMap { Self.property($0) }
            try await manager(tools).setProperties(unit, properties, runtime: runtime)
            return "gave \(unit) its former \(Wording.list(values.map(\.name)))"
        case .freezer(let unit, let thaws):
            if thaws {
                try await manager(tools).thaw(unit, timeout: timeout)
            } else {
                try await manager(tools).freeze(unit, timeout: timeout)
            }
            return thaws ? "thawed \(unit)" : "froze \(unit)"
        case .request(let method, let url, let headers, let body):
            guard let http = tools.http else { throw DeedFailure("there is no HTTP client here") }
            let request = HTTPRequest(
                method,
                url,
                headers: headers.map { HTTPHeader($0.name, $0.value.string ?? "") },
                body: Array(body.utf8),
                timeout: timeout
            )
            let response = try await http.send(request, settings: .toOneServer)
            guard (200..<300).contains(response.status) else {
                throw DeedFailure("\(method) \(url) answered \(response.status)")
            }
            return "\(method) \(Wording.shown(url))"
        case .requeue(let quarantine):
            return try await Requeue.perform(quarantine, tools, timeout: timeout)
        case .silence(let identity):
            try await tools.endSilence(identity).get()
            return "ended the silence \(identity)"
        case .all(let undos):
            var sentences: [String] = []
            for undo in undos { sentences.append(try await undo.perform(tools, timeout: timeout)) }
            return sentences.joined(separator: "; ")
        }
    }

    private func run(
        _ verb: UnitJob.Verb,
        _ unit: String,
        _ tools: ActionTools,
        _ timeout: Duration
    ) async throws -> String {
        let outcome = try await manager(tools).run(verb.job, unit, timeout: timeout)
        guard outcome.result == .done else { throw DeedFailure("\(verb.words) of \(unit): \(outcome.result.word)") }
        return "\(verb.words) \(unit)"
    }

    private func manager(_ tools: ActionTools) throws -> ServiceManager {
        guard let manager = tools.manager else { throw DeedFailure("there is no systemd on this host") }
        return manager
    }

    private static func property(_ member: JSONObject.Member) -> Systemd.UnitProperty? {
        switch member.value {
        case .boolean(let value): Systemd.UnitProperty(member.name, .boolean(value))
        // As texts: the largest number of the bus, which stands for "no limit", is none of JSON's.
        case .string(let text): UInt64(text).map { Systemd.UnitProperty(member.name, .uint64($0)) }
        default: nil
        }
    }
}

extension HTTPClientSettings {
    /// No redirects and no proxy: the address that was permitted is the one that is reached.
    static var toOneServer: HTTPClientSettings {
        var settings = HTTPClientSettings()
        settings.followsRedirects = false
        return settings
    }
}
