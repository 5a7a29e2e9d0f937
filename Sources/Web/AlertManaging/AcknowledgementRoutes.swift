import Alerting
import Answers
import HTTPServer
import JSON
import Metrics

/// Somebody's word that an alert is looked after: it is not told again until it changes.
struct AcknowledgementRoutes: Sendable {
    private let desk: any AlertDesk

    // A sentence or two, that stands in lists.
    private static let commentBytesMax = 2_000
    private static let nameBytesMax = 200

    init(_ desk: any AlertDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/acknowledgements") { _ in await list() },
            .command([.post], "/medic/v1/alerts/{fingerprint}/acknowledge") { call throws(WebRefusal) in
                try await acknowledge(call)
            },
            .command([.post], "/medic/v1/alerts/{fingerprint}/unacknowledge") { call throws(WebRefusal) in
                try await unacknowledge(call)
            },
        ]
    }

    private func list() async -> HTTPServer.Reply {
        let picture = await desk.picture()
        let words = picture.dispatcher.acknowledgements.values.sorted { $0.fingerprint < $1.fingerprint }
        return .success { writer in
            writer.object { writer in
                writer.member("acknowledgements") { writer in
                    writer.array { writer in
                        for word in words {
                            let labels = picture.dispatcher.store[word.fingerprint]?.labels
                            writer.value(word, about: labels ?? .empty)
                        }
                    }
                }
            }
        }
    }

    private func acknowledge(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let fingerprint = try call.fingerprint()
        let name = try call.text("by", upTo: Self.nameBytesMax) ?? call.principal.name
        let comment = try call.text("comment", upTo: Self.commentBytesMax) ?? ""
        try await obey { desk throws(AlertDeskRefusal) in
            try await desk.acknowledge(fingerprint, by: name, comment: comment)
        }
        return .message("\(name) looks after the alert: it is told again when it changes")
    }

    private func unacknowledge(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let fingerprint = try call.fingerprint()
        try await obey { desk throws(AlertDeskRefusal) in try await desk.unacknowledge(fingerprint) }
        return .message("nobody looks after the alert any more")
    }

    private func obey(
        _ command: (any AlertDesk) async throws(AlertDeskRefusal) -> Void
    ) async throws(WebRefusal) {
        do throws(AlertDeskRefusal) {
            try await command(desk)
        } catch {
            switch error {
            case .notFound: throw WebRefusal(.notFound, "no such alert fires, or nobody looks after it")
            default: throw WebRefusal(.unavailable, error.reason)
            }
        }
    }
}

extension Call {
    fileprivate func fingerprint() throws(WebRefusal) -> Fingerprint {
        guard let fingerprint = Fingerprint(part("fingerprint")) else {
            throw .badParameter(
                "fingerprint",
                "\(Labels.quoted(part("fingerprint"))) is not sixteen hexadecimal digits"
            )
        }
        return fingerprint
    }

    fileprivate func text(_ name: String, upTo limit: Int) throws(WebRefusal) -> String? {
        guard let text = value(name) else { return nil }
        guard text.utf8.count <= limit else { throw .badParameter(name, "longer than \(limit) bytes") }
        return text
    }
}

extension HTTPServer.Reply {
    fileprivate static func message(_ text: String) -> HTTPServer.Reply {
        .success { writer in writer.object { $0.member("message", text) } }
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ word: AlertAcknowledgement, about labels: Labels) {
        object { writer in
            writer.member("fingerprint", word.fingerprint.description)
            writer.member("labels") { $0.value(labels) }
            writer.member("by", word.by)
            if !word.comment.isEmpty { writer.member("comment", word.comment) }
            writer.member("at", word.at.rfc3339Text)
        }
    }
}
