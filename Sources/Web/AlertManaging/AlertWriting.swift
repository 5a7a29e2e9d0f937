import Alerting
import Answers
import JSON
import Metrics

extension JSONWriter {
    /// An alert as `GET /api/v2/alerts` shows it.
    /// - Parameter muters: the intervals that keep its group quiet.
    mutating func value(_ view: AlertView, mutedBy muters: [String] = [], at now: Timestamp) {
        let alert = view.alert
        object { writer in
            writer.member("annotations") { writer in
                writer.object { writer in for pair in alert.annotations { writer.member(pair.name, pair.value) } }
            }
            writer.member("endsAt", alert.shownEnd(at: now).alertmanagerText)
            writer.member("fingerprint", alert.fingerprint.description)
            writer.member("receivers") { writer in
                writer.array { writer in for name in view.receivers { writer.named(name) } }
            }
            writer.member("startsAt", alert.startsAt.alertmanagerText)
            writer.member("status") { $0.status(of: view, mutedBy: muters) }
            writer.member("updatedAt", alert.updatedAt.alertmanagerText)
            if !alert.generatorURL.isEmpty { writer.member("generatorURL", alert.generatorURL) }
            writer.member("labels") { $0.value(alert.labels) }
        }
    }

    private mutating func status(of view: AlertView, mutedBy muters: [String]) {
        object { writer in
            writer.member("inhibitedBy") { $0.texts(view.inhibitedBy.map { [$0.description] } ?? []) }
            writer.member("mutedBy") { $0.texts(muters) }
            writer.member("silencedBy") { $0.texts(view.silencedBy) }
            writer.member("state", view.isSuppressed || !muters.isEmpty ? "suppressed" : "active")
        }
    }

    mutating func value(_ group: GroupView, at now: Timestamp) {
        object { writer in
            writer.member("alerts") { writer in
                writer.array { writer in
                    for view in group.alerts { writer.value(view, mutedBy: group.mutedBy, at: now) }
                }
            }
            writer.member("labels") { $0.value(group.labels) }
            writer.member("receiver") { $0.named(group.receiver) }
        }
    }

    mutating func value(_ silence: Silence, at now: Timestamp) {
        object { writer in
            writer.member("id", silence.id)
            writer.member("status") { writer in
                writer.object { $0.member("state", silence.state(at: now).rawValue) }
            }
            writer.member("updatedAt", silence.updatedAt.alertmanagerText)
            writer.member("comment", silence.comment)
            writer.member("createdBy", silence.createdBy)
            writer.member("endsAt", silence.endsAt.alertmanagerText)
            if silence.endsWithAlerts { writer.member("endsWithAlerts", true) }
            writer.member("matchers") { writer in
                writer.array { writer in for matcher in silence.matchers { writer.value(matcher) } }
            }
            writer.member("startsAt", silence.startsAt.alertmanagerText)
        }
    }

    private mutating func value(_ matcher: LabelMatcher) {
        object { writer in
            writer.member("isEqual", matcher.operation == .equal || matcher.operation == .matches)
            writer.member("isRegex", matcher.operation == .matches || matcher.operation == .notMatches)
            writer.member("name", matcher.name)
            writer.member("value", matcher.value)
        }
    }

    mutating func named(_ name: String) {
        object { $0.member("name", name) }
    }
}

extension Timestamp {
    /// Always with milliseconds, as Alertmanager writes moments.
    var alertmanagerText: String {
        let text = rfc3339Text
        return text.utf8.contains(UInt8(ascii: ".")) ? text : text.dropLast() + ".000Z"
    }
}

extension ReceivedAlert {
    /// What a Prometheus would have said of the end of an alert that goes on: that it comes in a while.
    private static let patience = Milliseconds.minutes(4)

    /// The end as the API shows it, which has no way to say that there is none.
    func shownEnd(at now: Timestamp) -> Timestamp { endsAt ?? max(updatedAt, now) + Self.patience }
}
