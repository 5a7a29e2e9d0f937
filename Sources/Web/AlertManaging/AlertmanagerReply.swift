import Alerting
import HTTPServer
import JSON

/// Answers in the shapes of Alertmanager's API, which words a mistake in two ways: as a text where the request made no sense, as an object
/// with a number where it was not well formed.
extension HTTPServer.Reply {
    /// A JSON value and a line feed, as Alertmanager ends its answers.
    static func alertmanager(
        status: Int = 200,
        _ write: (inout JSONWriter) -> Void
    ) -> HTTPServer.Reply {
        var writer = JSONWriter()
        write(&writer)
        return HTTPServer.Reply(status: status, type: "application/json", body: .bytes(writer.takeBytes() + [0x0A]))
    }

    static func alertmanager(status: Int, complaint: String) -> HTTPServer.Reply {
        alertmanager(status: status) { $0.value(complaint) }
    }

    static func alertmanager(status: Int, code: Int, _ message: String) -> HTTPServer.Reply {
        alertmanager(status: status) { writer in
            writer.object { writer in
                writer.member("code", code)
                writer.member("message", message)
            }
        }
    }

    /// - Parameter name: what the body is called: `alerts`, `silence`.
    static func alertmanager(_ complaint: BodyComplaint, about name: String) -> HTTPServer.Reply {
        switch complaint {
        case .malformed(let reason):
            alertmanager(status: 400, code: 400, "parsing \(name) body from \"\" failed, because \(reason)")
        case .invalid(let code, let message): alertmanager(status: 422, code: code.rawValue, message)
        case .refused(let message): alertmanager(status: 400, complaint: message)
        }
    }

    static func alertmanager(_ refusal: AlertDeskRefusal) -> HTTPServer.Reply {
        switch refusal {
        case .notFound: HTTPServer.Reply(status: 404, body: .bytes([]))
        case .silence(.notFound): alertmanager(status: 404, complaint: SilenceError.notFound.description)
        case .silence(.invalid(let reason)): alertmanager(status: 400, complaint: reason)
        case .silence(.alreadyExpired(let id)):
            alertmanager(status: 400, complaint: SilenceError.alreadyExpired(id: id).description)
        case .silence(.tooMany(let limit)):
            retryLater(SilenceError.tooMany(limit: limit).description)
        case .unavailable(let reason): retryLater(reason)
        }
    }

    /// Clients that send alerts try again after a 503, and not after a 4xx.
    private static func retryLater(_ reason: String) -> HTTPServer.Reply {
        var reply = alertmanager(status: 503, complaint: reason)
        reply.headers.append(("Retry-After", "1"))
        return reply
    }

    static let done = HTTPServer.Reply(status: 200, body: .bytes([]))
}

extension WebRefusal {
    /// The refusal as the API that was asked words it.
    func reply(to request: HTTPServer.Request) -> HTTPServer.Reply {
        guard request.target.path.hasPrefix("/api/v2/") else { return reply }
        return switch kind {
        case .notFound:
            .alertmanager(status: 404, code: 404, "path \(request.target.path) was not found")
        default: .alertmanager(status: kind.status, code: kind.status, message)
        }
    }
}
