import Alerting
import Configuration
import EventLoop
import History
import Metrics
import Playbooks
import Receivers

// What the API, the page and the command line ask for. From any thread.
extension NotificationKeeper {
    /// A copy of everything that is known. Filtering and rendering it costs the core nothing.
    func overview() async -> AlertingOverview {
        await loop.perform { [self] in
            AlertingOverview(now: clock(), dispatcher: dispatcher, receivers: settings.receivers.map(\.name))
        }
    }

    /// Makes a silence or changes one; durable when it returns.
    func setSilence(_ draft: SilenceDraft) async throws(NotifyingRefusal) -> Silence {
        try await durably { keeper throws(NotifyingRefusal) in
            do throws(SilenceError) {
                return try keeper.dispatcher.setSilence(draft, newID: Identity.random(), at: keeper.clock())
            } catch {
                throw .silence(error)
            }
        }
    }

    /// Ends a silence; durable when it returns.
    func expireSilence(_ id: String) async throws(NotifyingRefusal) {
        try await durably { keeper throws(NotifyingRefusal) in
            do throws(SilenceError) {
                return ((), try keeper.dispatcher.expireSilence(id, at: keeper.clock()))
            } catch {
                throw .silence(error)
            }
        }
    }

    /// Takes in alerts that others tell of; durable when it returns, and healing knows of them.
    func receive(_ updates: [AlertUpdate]) async throws(NotifyingRefusal) {
        let saved = try await durably { keeper throws(NotifyingRefusal) in
            let refused = keeper.dispatcher.counts.alertsRefused
            let effects = keeper.awaitVerdicts(onOutside: updates) + keeper.handle(.alerts(updates))
            guard keeper.dispatcher.counts.alertsRefused == refused else {
                keeper.carryOut(effects)
                throw .tooMany(limit: keeper.dispatcher.settings.limits.alerts)
            }
            return (effects.compactMap(\.savedAlert), effects)
        }
        loop.submit { [self] in
            dispatcher.note(saved: saved)
            passOn(updates)
        }
    }

    /// Somebody looks after an alert; durable when it returns.
    func acknowledge(_ fingerprint: Fingerprint, by: String, comment: String) async throws(NotifyingRefusal) {
        try await durably { keeper throws(NotifyingRefusal) in
            let effects = keeper.handle(.acknowledged(fingerprint, by: by, comment: comment))
            guard keeper.dispatcher.acknowledgements[fingerprint] != nil else { throw .notFound }
            return ((), effects)
        }
    }

    /// Nobody looks after an alert any more; durable when it returns.
    func unacknowledge(_ fingerprint: Fingerprint) async throws(NotifyingRefusal) {
        try await durably { keeper throws(NotifyingRefusal) in
            guard keeper.dispatcher.acknowledgements[fingerprint] != nil else { throw .notFound }
            return ((), keeper.handle(.unacknowledged(fingerprint)))
        }
    }

    /// Sends one marked message by every integration of a receiver, and waits for what each answers.
    func test(_ receiver: String) async throws(NotifyingRefusal) -> [TestAnswer] {
        let notifications: [Notification]? = await loop.perform { [self] in
            guard isAtWork, settings.receiver(receiver) != nil else { return nil }
            // Of a copy: a test leaves no trace in what is told.
            var rehearsal = dispatcher
            return rehearsal.test(receiver, at: clock()).compactMap { effect in
                if case .enqueue(let notification, _) = effect { notification } else { nil }
            }
        }
        guard let notifications else { throw .notFound }
        var answers: [TestAnswer] = []
        for notification in notifications {
            let began = MonotonicInstant.now
            let result = await sender.send(notification)
            answers.append(
                TestAnswer(integration: notification.integration, problem: result.problem, took: .now - began)
            )
        }
        return answers
    }

    /// How the receivers fare.
    func health() async -> [Outbox.Health] { await worker.health() }

    /// Does something to the dispatcher on its loop, and waits until what came of it is on the disk.
    func durably<Value: Sendable>(
        _ body: @escaping @Sendable (NotificationKeeper) throws(NotifyingRefusal) -> (Value, [DispatchEffect])
    ) async throws(NotifyingRefusal) -> Value {
        let result: Result<Value, NotifyingRefusal> = await withCheckedContinuation { continuation in
            loop.submit { [self] in
                guard isAtWork else { return continuation.resume(returning: .failure(.notReady)) }
                let done = Result { () throws(NotifyingRefusal) in try body(self) }
                settle()
                switch done {
                case .success((let value, let effects)):
                    carryOut(effects, .synced) { failure in
                        continuation.resume(
                            returning: failure.map { .failure(.notDurable("\($0)")) } ?? .success(value)
                        )
                    }
                case .failure(let refusal): continuation.resume(returning: .failure(refusal))
                }
            }
        }
        return try result.get()
    }
}

/// Why the dispatcher did not take something.
enum NotifyingRefusal: Error, Sendable, CustomStringConvertible {
    /// There is no such thing.
    case notFound
    case silence(SilenceError)
    /// No more alerts are kept.
    case tooMany(limit: Int)
    /// It could not be written down: to be tried again.
    case notDurable(String)
    /// The agent starts or ends.
    case notReady

    var description: String {
        switch self {
        case .notFound: "there is no such thing"
        case .silence(let error): error.description
        case .tooMany(let limit): "\(limit) alerts are known, and no more are kept"
        case .notDurable(let reason): "it could not be written down: \(reason)"
        case .notReady: "the agent is not ready"
        }
    }
}

/// What came of a test message.
struct TestAnswer: Sendable {
    let integration: IntegrationKey
    /// What the receiver had against it; nil when it took it.
    let problem: String?
    let took: Duration
}

extension SendResult {
    /// What was wrong; nil when nothing was.
    fileprivate var problem: String? {
        switch self {
        case .taken: nil
        case .failed(let reason, _), .refused(let reason): reason
        }
    }
}

/// Names for silences that nobody else gives.
enum Identity {
    /// A random UUID (RFC 9562, version 4), as clients of the API expect them.
    static func random() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            let digits = String(byte, radix: 16)
            text += digits.utf8.count == 1 ? "0\(digits)" : digits
        }
        return text
    }
}

extension DispatchEffect {
    /// The alert that is to be saved.
    fileprivate var savedAlert: ReceivedAlert? {
        if case .save(.alert(let alert)) = self { alert } else { nil }
    }
}
