import Alerting
import EventLoop
import Metrics
import Web

// Whom the agent tells.
extension Desk: ReceiverDesk {
    func receivers() async -> [ReceiverReport] {
        let overview = await agent.notifying.overview()
        let health = Dictionary(
            await agent.notifying.health().map { ($0.integration, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        // The outbox counts on a clock that does not jump.
        let now = Timestamp(milliseconds: MonotonicInstant.now.nanoseconds / 1_000_000)
        return overview.receivers.flatMap { name -> [ReceiverReport] in
            let integrations = overview.dispatcher.settings.receivers[name]?.integrations ?? []
            if integrations.isEmpty { return [ReceiverReport(receiver: name, integration: "")] }
            return integrations.map { integration in
                let key = IntegrationKey(receiver: name, kind: integration.kind, index: integration.index)
                let found = health[key]
                return ReceiverReport(
                    receiver: name,
                    integration: "\(integration.kind)/\(integration.index)",
                    queued: found?.queued ?? 0,
                    inFlight: found?.inFlight ?? 0,
                    failuresInRow: found?.failuresInRow ?? 0,
                    restsFor: found?.restsUntil.map { $0 - now },
                    lastTrouble: found?.lastTrouble ?? "",
                    sent: found?.tally.sent ?? 0,
                    givenUp: found?.tally.givenUp ?? 0,
                    dropped: found?.tally.dropped ?? 0
                )
            }
        }
    }

    func testReceiver(_ name: String) async -> [ReceiverAnswer]? {
        guard let answers = try? await agent.notifying.test(name) else { return nil }
        return answers.map { answer in
            ReceiverAnswer(
                integration: "\(answer.integration.kind)/\(answer.integration.index)",
                problem: answer.problem,
                took: Milliseconds(answer.took.wholeNanoseconds / 1_000_000)
            )
        }
    }
}
