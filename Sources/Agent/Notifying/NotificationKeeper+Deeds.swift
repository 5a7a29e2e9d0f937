import Actions
import Alerting
import Configuration
import EventLoop
import Metrics
import Playbooks

// What the steps of playbooks want of whoever tells people. From any thread.
extension NotificationKeeper {
    /// Sends a receiver a message; it is in the outbox when this returns.
    func tell(_ receiver: String, _ message: String, for request: ActionRequest) async -> Result<Void, ToolFailure> {
        do throws(NotifyingRefusal) {
            try await durably { keeper throws(NotifyingRefusal) in
                guard keeper.settings.receiver(receiver) != nil else { throw .notFound }
                let labels = keeper.labelsKnown(request.alert.labels) ?? request.alert.labels
                let word = HealingWord(
                    run: request.key.run,
                    playbook: request.playbook,
                    occasion: .message,
                    sentence: message
                )
                let notice = Alerting.HealingNotice(labels: labels, word: word, receiver: receiver)
                return ((), keeper.handle(.healing([.notice(notice)])))
            }
            return .success(())
        } catch {
            let reason = error.isNotFound ? "there is no receiver of that name" : error.description
            return .failure(ToolFailure(reason))
        }
    }

    /// Makes a silence that begins now; durable when this returns.
    func silence(
        _ matchers: [String],
        for span: Milliseconds,
        _ comment: String,
        _ request: ActionRequest
    ) async -> Result<String, ToolFailure> {
        var conditions: [SilenceDraft.Matcher] = []
        for text in matchers {
            do throws(MatcherListError) {
                conditions += try LabelMatcher.list(text).map { .init($0.name, $0.operation, $0.value) }
            } catch {
                return .failure(ToolFailure("the matchers cannot be read: \(error.message)"))
            }
        }
        let now = clock()
        let draft = SilenceDraft(
            matchers: conditions,
            startsAt: now,
            endsAt: now + span,
            createdBy: "playbook \(request.playbook)",
            comment: comment
        )
        do throws(NotifyingRefusal) {
            return .success(try await setSilence(draft).id)
        } catch {
            return .failure(ToolFailure(error.description))
        }
    }

    /// Ends a silence. One that has ended by itself is as good.
    func endSilence(_ id: String) async -> Result<Void, ToolFailure> {
        do throws(NotifyingRefusal) {
            try await expireSilence(id)
            return .success(())
        } catch {
            if case .silence(.alreadyExpired) = error { return .success(()) }
            return .failure(ToolFailure(error.description))
        }
    }
}

extension NotifyingRefusal {
    fileprivate var isNotFound: Bool {
        if case .notFound = self { true } else { false }
    }
}
