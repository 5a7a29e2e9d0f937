import Alerting
import HTTPServer
import JSON
import Metrics

/// Silences, in Alertmanager's API.
struct SilenceRoutes: Sendable {
    private let desk: any AlertDesk

    init(_ desk: any AlertDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/api/v2/silences") { call in await list(call) },
            .command([.post], "/api/v2/silences") { call in await set(call) },
            Route([.get], "/api/v2/silence/{id}") { call in await one(call) },
            .command([.delete], "/api/v2/silence/{id}") { call in await expire(call) },
        ]
    }

    private func list(_ call: Call) async -> HTTPServer.Reply {
        let wanted: [LabelMatcher]
        do throws(BodyComplaint) {
            wanted = try AlertFilter.matchers(call.values("filter"))
        } catch {
            return .alertmanager(error, about: "")
        }
        let picture = await desk.picture()
        let silences = picture.dispatcher.silences.list(at: picture.now).filter { $0.has(wanted) }
        return .alertmanager { writer in
            writer.array { writer in for silence in silences { writer.value(silence, at: picture.now) } }
        }
    }

    private func one(_ call: Call) async -> HTTPServer.Reply {
        if let complaint = call.complaintAboutID { return complaint }
        let picture = await desk.picture()
        guard let silence = picture.dispatcher.silences[call.part("id").lowercased()] else {
            return .alertmanager(.notFound)
        }
        return .alertmanager { $0.value(silence, at: picture.now) }
    }

    private func set(_ call: Call) async -> HTTPServer.Reply {
        if let refusal = call.refusalOfOtherThanJSON { return refusal }
        let draft: SilenceDraft
        do throws(BodyComplaint) {
            draft = try SilenceDraft(body: call.request.body)
        } catch {
            return .alertmanager(error, about: "silence")
        }
        do throws(AlertDeskRefusal) {
            let silence = try await desk.setSilence(draft)
            return .alertmanager { writer in writer.object { $0.member("silenceID", silence.id) } }
        } catch {
            return .alertmanager(error)
        }
    }

    private func expire(_ call: Call) async -> HTTPServer.Reply {
        if let complaint = call.complaintAboutID { return complaint }
        do throws(AlertDeskRefusal) {
            try await desk.expireSilence(call.part("id").lowercased())
            return .done
        } catch {
            switch error {
            // What was asked for is so already.
            case .silence(.alreadyExpired): return .done
            case .silence(.notFound): return .alertmanager(.notFound)
            default: return .alertmanager(error)
            }
        }
    }
}

extension Call {
    /// What to say to an id that cannot be one.
    fileprivate var complaintAboutID: HTTPServer.Reply? {
        let id = part("id")
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        let digits = Set("0123456789abcdefABCDEF".utf8)
        if parts.map(\.utf8.count) == [8, 4, 4, 4, 12], parts.allSatisfy({ $0.utf8.allSatisfy(digits.contains) }) {
            return nil
        }
        return .alertmanager(status: 422, code: 601, "silenceID in path must be of type uuid: \(Labels.quoted(id))")
    }
}
