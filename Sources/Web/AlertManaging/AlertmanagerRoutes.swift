import Alerting
import HTTPServer
import Instruments
import JSON
import Metrics

/// Alertmanager's API, version 2: what fires, who is told, what is silenced.
struct AlertmanagerRoutes: Sendable {
    private let desk: any AlertDesk
    private let gate: WorkGate

    // A long list takes a while to make; whoever asks for many at once waits.
    private static let width = 2
    private static let waiting = 64
    private static let patience = Duration.seconds(10)

    init(_ desk: any AlertDesk, _ instruments: Instruments) {
        self.desk = desk
        gate = WorkGate("alerts", width: Self.width, waiting: Self.waiting, patience: Self.patience, instruments)
    }

    var routes: [Route] {
        [
            Route([.get], "/api/v2/alerts") { call throws(WebRefusal) in try await alerts(call) },
            Route([.get], "/api/v2/alerts/groups") { call throws(WebRefusal) in try await groups(call) },
            .message([.post], "/api/v2/alerts") { call in await post(call) },
            Route([.get], "/api/v2/receivers") { _ in await receivers() },
        ]
    }

    // MARK: Asking

    private func alerts(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let filter: AlertFilter
        do throws(ParameterComplaint) { filter = try AlertFilter(call) } catch { return error.reply }
        let picture = await desk.picture()
        return try await gate.run(abandonment: call.request.abandonment) {
            let views = picture.dispatcher.alerts(at: picture.now).filter(filter.admits)
            return .alertmanager { writer in
                writer.array { writer in for view in views { writer.value(view, at: picture.now) } }
            }
        }
    }

    private func groups(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let filter: AlertFilter
        do throws(ParameterComplaint) { filter = try AlertFilter(call) } catch { return error.reply }
        let picture = await desk.picture()
        return try await gate.run(abandonment: call.request.abandonment) {
            let groups = filter.narrowed(picture.dispatcher.groups(at: picture.now))
            return .alertmanager { writer in
                writer.array { writer in for group in groups { writer.value(group, at: picture.now) } }
            }
        }
    }

    private func receivers() async -> HTTPServer.Reply {
        let names = await desk.picture().receivers
        return .alertmanager { writer in
            writer.array { writer in for name in names { writer.named(name) } }
        }
    }

    // MARK: Being told

    private func post(_ call: Call) async -> HTTPServer.Reply {
        if let refusal = call.refusalOfOtherThanJSON { return refusal }
        let posted: PostedAlerts
        do throws(BodyComplaint) {
            posted = try PostedAlerts(body: call.request.body)
        } catch {
            return .alertmanager(error, about: "alerts")
        }
        if !posted.updates.isEmpty {
            do throws(AlertDeskRefusal) {
                try await desk.receive(posted.updates)
            } catch {
                return .alertmanager(error)
            }
        }
        if !posted.complaints.isEmpty {
            return .alertmanager(status: 400, complaint: posted.complaints.joined(separator: "; "))
        }
        return .done
    }
}

extension Call {
    /// What to say to a body of another type. A page of another site could send such a one without asking first.
    var refusalOfOtherThanJSON: HTTPServer.Reply? {
        let written = request.headers["content-type"] ?? "application/octet-stream"
        let type = written.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard type != "application/json" else { return nil }
        return .alertmanager(
            status: 415,
            code: 415,
            "unsupported media type \(Labels.quoted(type)), only [application/json] are allowed"
        )
    }
}

/// A parameter that cannot be used.
struct ParameterComplaint: Error {
    let reply: HTTPServer.Reply

    init(_ complaint: BodyComplaint) {
        reply = .alertmanager(complaint, about: "")
    }
}

extension AlertFilter {
    init(_ call: Call) throws(ParameterComplaint) {
        self.init()
        do throws(BodyComplaint) {
            showsActive = try call.choice("active")
            showsSilenced = try call.choice("silenced")
            showsInhibited = try call.choice("inhibited")
            showsMuted = try call.choice("muted")
            // All alerts that are listed have been looked at, so this one changes nothing.
            _ = try call.choice("unprocessed")
            matchers = try Self.matchers(call.values("filter"))
            if let receiver = call.value("receiver") { try narrow(toReceiver: receiver) }
        } catch {
            throw ParameterComplaint(error)
        }
    }
}

extension Call {
    private static let yes: Set<String> = ["true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"]
    private static let no: Set<String> = ["false", "0", "no", "n", "off", "f", "disabled"]

    /// Yes unless the last value of the parameter says no.
    fileprivate func choice(_ name: String) throws(BodyComplaint) -> Bool {
        guard let text = values(name).last?.lowercased(), !text.isEmpty, !Self.yes.contains(text) else { return true }
        guard Self.no.contains(text) else {
            throw .invalid(.invalidType, "\(name) in query must be of type boolean: \(Labels.quoted(text))")
        }
        return false
    }
}
