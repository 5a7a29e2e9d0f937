import Actions
import Configuration
import EventLoop
import HTTPServer
import JSON
import Metrics
import Playbooks
import Web

/// The versions of tracked files over HTTP.
struct ConfigRoutes: Sendable {
    let configs: ConfigKeeper
    let rollbacks: ConfigRollbacks

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/config/versions") { call throws(WebRefusal) in try versions(call) },
            // A difference shows what is in the files, so it is not for everybody who may look at graphs.
            Route([.get], "/medic/v1/config/diff", for: .operator) { call throws(WebRefusal) in
                try await difference(call)
            },
            .command([.post], "/medic/v1/config/rollback") { call throws(WebRefusal) in try await roll(call) },
        ]
    }

    private func versions(_ call: Call) throws(WebRefusal) -> HTTPServer.Reply {
        var files = configs.versions.tracked
        if call.value("file") != nil { files = [try file(call)] }
        let told = files
        return .success { writer in
            writer.object { writer in
                writer.member("files") { writer in
                    writer.array { writer in for file in told { write(file, &writer) } }
                }
            }
        }
    }

    private func write(_ file: TrackedFile, _ writer: inout JSONWriter) {
        let history = configs.versions.history(of: file.path)
        writer.object { writer in
            writer.member("file", file.path)
            writer.member("units") { writer in
                writer.array { writer in for unit in file.units { writer.value(unit) } }
            }
            writer.member("goodAfter", file.goodAfter.promQLText)
            writer.member("isPresent", history?.current != nil)
            writer.member("lastKnownGood") { writer in
                if let good = history?.lastKnownGood { writer.value(good.digest) } else { writer.null() }
            }
            writer.member("versions") { writer in
                // The newest first.
                writer.array { writer in
                    for version in (history?.versions ?? []).reversed() {
                        write(version, isCurrent: version.digest == history?.current, &writer)
                    }
                }
            }
        }
    }

    private func write(_ version: FileHistory.Version, isCurrent: Bool, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("version", version.digest)
            writer.member("size", version.size)
            writer.member("isCurrent", isCurrent)
            writer.member("firstSeen", version.firstSeen.rfc3339Text)
            writer.member("placed", version.placed.rfc3339Text)
            if let good = version.good { writer.member("good", good.rfc3339Text) }
            if let bad = version.bad { writer.member("bad", bad.rfc3339Text) }
        }
    }

    /// From the last known good version to the present one, unless others are named.
    private func difference(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let file = try file(call)
        let history = configs.versions.history(of: file.path)
        guard let to = call.value("to") ?? history?.current else {
            throw WebRefusal(.notFound, "\(file.path) has no content that was seen")
        }
        let before = history?.versions.last { !$0.digest.hasPrefix(to) }
        guard let from = call.value("from") ?? history?.lastKnownGood?.digest ?? before?.digest else {
            throw WebRefusal(.notFound, "only one version of \(file.path) is known")
        }
        let path = file.path
        let versions = configs.versions
        let text: String
        do {
            text = try await offload { try versions.difference(path, from: from, to: to) }
        } catch {
            throw WebRefusal(.notFound, Agent.reason(error))
        }
        return .success { writer in
            writer.object { writer in
                writer.member("file", path)
                writer.member("from", from)
                writer.member("to", to)
                writer.member("difference", text)
            }
        }
    }

    private func roll(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let file = try file(call)
        let outcome = await rollbacks.roll(file.path, to: call.value("to"), by: call.principal.name)
        guard outcome.result == .succeeded else { throw WebRefusal(.execution, outcome.words) }
        return .success { writer in
            writer.object { writer in
                writer.member("message", outcome.message)
                writer.member("difference", outcome.output)
                writer.member("units") { writer in
                    writer.array { writer in for unit in file.units { writer.value(unit) } }
                }
            }
        }
    }

    private func file(_ call: Call) throws(WebRefusal) -> TrackedFile {
        guard let path = call.value("file") else { throw .badParameter("file", "name a tracked file") }
        guard let file = configs.versions.tracked.first(where: { $0.path == path }) else {
            throw WebRefusal(.notFound, "\(path) is not tracked: name it in `config: {track: [...]}`")
        }
        return file
    }
}

extension ActionOutcome {
    /// What became of it, in a sentence.
    fileprivate var words: String {
        switch result {
        case .failed(let reason): reason
        case .timedOut: "it did not end in time"
        case .cancelled: "it was cancelled"
        default: message.isEmpty ? "nobody knows what became of it" : message
        }
    }
}
