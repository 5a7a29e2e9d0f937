import Alerting
import Configuration
import Web

/// What the web asks of those who tell.
struct AlertingDesk: AlertDesk {
    private let agent: Agent

    init(_ agent: Agent) {
        self.agent = agent
    }

    func picture() async -> AlertingPicture {
        let overview = await agent.notifying.overview()
        return AlertingPicture(now: overview.now, dispatcher: overview.dispatcher, receivers: overview.receivers)
    }

    func alertingConfiguration() async -> String {
        let layers = agent.state.current.loaded.layers
        return ShownAlertmanager.text(layers, references: ConfigurationLoader.lookUp)
    }

    func receive(_ updates: [AlertUpdate]) async throws(AlertDeskRefusal) {
        do throws(NotifyingRefusal) {
            try await agent.notifying.receive(updates)
        } catch {
            throw AlertDeskRefusal(error)
        }
    }

    func setSilence(_ draft: SilenceDraft) async throws(AlertDeskRefusal) -> Silence {
        do throws(NotifyingRefusal) {
            return try await agent.notifying.setSilence(draft)
        } catch {
            throw AlertDeskRefusal(error)
        }
    }

    func expireSilence(_ id: String) async throws(AlertDeskRefusal) {
        do throws(NotifyingRefusal) {
            try await agent.notifying.expireSilence(id)
        } catch {
            throw AlertDeskRefusal(error)
        }
    }

    func acknowledge(_ fingerprint: Fingerprint, by name: String, comment: String) async throws(AlertDeskRefusal) {
        do throws(NotifyingRefusal) {
            try await agent.notifying.acknowledge(fingerprint, by: name, comment: comment)
        } catch {
            throw AlertDeskRefusal(error)
        }
    }

    func unacknowledge(_ fingerprint: Fingerprint) async throws(AlertDeskRefusal) {
        do throws(NotifyingRefusal) {
            try await agent.notifying.unacknowledge(fingerprint)
        } catch {
            throw AlertDeskRefusal(error)
        }
    }
}

extension AlertDeskRefusal {
    fileprivate init(_ refusal: NotifyingRefusal) {
        self =
            switch refusal {
            case .notFound: .notFound
            case .silence(let error): .silence(error)
            case .tooMany, .notDurable, .notReady: .unavailable(refusal.description)
            }
    }
}
