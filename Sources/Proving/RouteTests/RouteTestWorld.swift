import Alerting
import Metrics

/// One test being played: a dispatcher whose receivers take everything at once.
struct RouteTestWorld {
    private let test: RouteTest
    private var dispatcher: Dispatcher
    /// What was told, with the time.
    private(set) var told: [(at: Milliseconds, notification: ToldNotification)] = []
    private var verdicts: [Fingerprint: TrailEntry.Verdict] = [:]
    private var silences = 0

    // A group may be told every second of a day, and a test that wants more is a mistake.
    private static let turnsMax = 100_000

    init(_ settings: AlertingSettings, _ test: RouteTest) {
        self.test = test
        dispatcher = Dispatcher(settings, at: test.start)
    }

    /// Plays the test up to the times of its expectations; `look` is called at each of them, with all that was told up to then.
    mutating func play(_ look: (Milliseconds, RouteTestWorld) -> Void) {
        let moments = Set(
            test.alerts.flatMap { [$0.startsAt] + ($0.endsAt.map { [$0] } ?? []) } + test.silences.map(\.startsAt)
        )
        let looks = Set(test.notifications.map(\.time) + test.states.map(\.time))
        let end = looks.max() ?? .zero
        var turns = 0
        for moment in moments.union(looks).sorted() where moment <= end {
            advance(to: moment, &turns)
            happen(at: moment)
            // What is due at this very moment is told before anybody looks.
            carryOut(dispatcher.handle(.tick, at: test.start + moment), at: moment)
            if looks.contains(moment) { look(moment, self) }
        }
    }

    /// How an alert stands now.
    func standing(of labels: Labels, at time: Milliseconds) -> AlertStanding {
        let fingerprint = Fingerprint(labels)
        let now = test.start + time
        guard let view = dispatcher.alert(fingerprint, at: now), !view.alert.isResolved(at: now) else {
            return .resolved
        }
        if view.inhibitedBy != nil { return .inhibited }
        if !view.silencedBy.isEmpty { return .silenced }
        return verdicts[fingerprint] == .muted ? .muted : .active
    }

    private mutating func advance(to moment: Milliseconds, _ turns: inout Int) {
        while let wake = dispatcher.nextWake, wake < test.start + moment, turns < Self.turnsMax {
            turns += 1
            let now = Swift.max(wake, test.start)
            carryOut(dispatcher.handle(.tick, at: now), at: now - test.start)
        }
    }

    private mutating func happen(at moment: Milliseconds) {
        for silence in test.silences where silence.startsAt == moment {
            silences += 1
            let draft = SilenceDraft(
                matchers: silence.matchers.map { SilenceDraft.Matcher($0.name, $0.operation, $0.value) },
                startsAt: test.start + silence.startsAt,
                endsAt: test.start + silence.endsAt,
                createdBy: "test",
                comment: "test"
            )
            _ = try? dispatcher.setSilence(draft, newID: "\(silences)", at: test.start + moment)
        }
        let updates = test.alerts.flatMap { alert -> [AlertUpdate] in
            var update = AlertUpdate(
                labels: alert.labels,
                annotations: alert.annotations,
                startsAt: test.start + alert.startsAt
            )
            if alert.endsAt == moment { update.endsAt = test.start + moment }
            return alert.startsAt == moment || alert.endsAt == moment ? [update] : []
        }
        if !updates.isEmpty { carryOut(dispatcher.handle(.alerts(updates), at: test.start + moment), at: moment) }
    }

    private mutating func carryOut(_ effects: [DispatchEffect], at moment: Milliseconds) {
        var queue = effects[...]
        while let effect = queue.popFirst() {
            switch effect {
            case .save: break
            case .trail(let entry): verdicts[entry.fingerprint] = entry.verdict
            case .enqueue(let notification, _):
                told.append((moment, ToldNotification(notification)))
                queue += dispatcher.handle(
                    .delivered(notification: notification.id, .told),
                    at: test.start + moment
                )
            }
        }
    }
}

extension ToldNotification {
    fileprivate init(_ notification: Notification) {
        self.init(
            receiver: notification.integration.receiver,
            isFiring: notification.isFiring,
            groupLabels: notification.groupLabels,
            firing: Set(notification.alerts.filter { $0.endsAt == nil }.map(\.labels)),
            resolved: Set(notification.alerts.filter { $0.endsAt != nil }.map(\.labels))
        )
    }
}
