import Alerting
import Configuration
import Diagnostics
import JSON
import Metrics
import YAML

// What others send to medic, and what operators write of whom it tells.
extension FuzzTarget {
    private static let now = Timestamp(milliseconds: 1_783_641_600_123)

    private static func dispatcher() -> Dispatcher {
        let integrations = [IntegrationFacts(kind: "webhook", index: 0, sendsResolved: true)]
        let options = RouteOptions(receiver: "a")
        let settings = AlertingSettings(
            routes: RouteTree(root: options),
            receivers: [ReceiverFacts(name: "a", integrations: integrations)]
        )
        return Dispatcher(settings, at: now)
    }

    /// What was taken goes through all of its life: it is grouped, told, saved and read again.
    private static func live(_ updates: [AlertUpdate]) {
        var dispatcher = dispatcher()
        var time = now
        var effects = dispatcher.handle(.alerts(updates), at: time)
        for _ in 0..<4 {
            guard let next = dispatcher.nextWake else { break }
            time = max(time, next)
            effects += dispatcher.handle(.tick, at: time)
        }
        for effect in effects {
            switch effect {
            case .save(.alert(let alert)):
                hold(ReceivedAlert(alert.json) == alert, "an alert is read as another: \(alert.json)")
            case .enqueue(let notification, _):
                let text = notification.json.description
                let again = (try? JSONValue(parsing: text)).flatMap { Notification($0) }
                hold(again == notification, "a notification is read as another: \(text)")
            default: break
            }
        }
        hold(dispatcher.alerts(at: time).count <= updates.count, "more alerts than were told of")
        _ = dispatcher.groups(at: time)
    }

    static let alerts = FuzzTarget(
        "alerts",
        "a body for /api/v2/alerts is taken or refused with words, and what is taken is told, saved and read again as it was"
    ) { input in
        do throws(BodyComplaint) {
            let posted = try PostedAlerts(body: Array(input))
            hold(posted.complaints.allSatisfy { !$0.isEmpty }, "refused without a word")
            for update in posted.updates { hold(!update.labels.isEmpty, "an alert without labels") }
            live(posted.updates)
        } catch {
            hold(!error.message.isEmpty, "refused without a word")
        }
    }

    static let webhook = FuzzTarget(
        "webhook",
        "a body for /webhook is taken or refused with words, and what is taken is told, saved and read again as it was"
    ) { input in
        do throws(BodyComplaint) {
            let message = try WebhookMessage(body: Array(input), timesOutAfter: .hours(5), at: now)
            hold(message.truncatedAlerts >= 0, "fewer than no alerts were cut")
            for update in message.updates {
                if let end = update.endsAt, let start = update.startsAt { hold(start <= end, "ends before it begins") }
            }
            live(message.updates)
        } catch {
            hold(!error.message.isEmpty, "refused without a word")
        }
    }

    static let silences = FuzzTarget(
        "silences",
        "a body for /api/v2/silences is taken or refused with words, and what is taken is saved and read again as it was"
    ) { input in
        do throws(BodyComplaint) {
            let draft = try SilenceDraft(body: Array(input))
            var dispatcher = dispatcher()
            do throws(SilenceError) {
                let silence = try dispatcher.setSilence(draft, newID: "id", at: now).silence
                hold(Silence(silence.json) == silence, "a silence is read as another: \(silence.json)")
                hold(silence.startsAt <= silence.endsAt, "ends before it begins")
                _ = silence.covers(["a": "b"])
            } catch {
                hold(!error.description.isEmpty, "refused without a word")
            }
        } catch {
            hold(!error.message.isEmpty, "refused without a word")
        }
    }

    static let matchers = FuzzTarget(
        "matchers",
        "matchers are read or refused with words, and what is printed means the same",
        inputMax: 256
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        do throws(MatcherError) {
            let matchers = try MatcherList.parse(text).matchers
            let printed = MatcherList(matchers).description
            let labels: [Labels] = [[:], ["a": "b"], ["a": text], Labels(matchers.map { Label($0.name, $0.value) })]
            guard let again = try? MatcherList.parse(printed).matchers else { broken("does not read back: \(printed)") }
            hold(again.count == matchers.count, "\(text)\nis printed as\n\(printed)")
            for one in labels {
                let isSame = MatcherList(matchers).matches(one) == MatcherList(again).matches(one)
                hold(isSame, "\(text)\nis printed as\n\(printed)\nwhich means something else for \(one)")
            }
        } catch {
            hold(!error.message.isEmpty, "refused without a word")
        }
    }

    static let intervals = FuzzTarget(
        "intervals",
        "a time interval is read or refused with problems that lie inside it, and any moment is within it or not",
        inputMax: 384
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let source = SourceText(name: "fuzz.yml", text: text)
        let problems = Problems(in: source)
        guard let document = YAMLDocument(source, problems: problems) else { return check(problems, inside: source) }
        let zones: TimeZoneSource = { $0 == "UTC" ? .utc : nil }
        let interval = document.decode(Shape<TimeInterval>.timeInterval(zones: zones), problems: problems)
        check(problems, inside: source)
        hold(interval != nil || problems.hasErrors, "refused without a reason")
        for milliseconds in [0, now.rawValue, -1, Int64.min, Int64.max, 253_402_300_799_999, -62_135_596_800_000] {
            _ = interval?.contains(Timestamp(milliseconds: milliseconds))
        }
    }

    static let alertmanager = FuzzTarget(
        "alertmanager",
        "an alertmanager.yml is read or refused with problems that lie inside it; what is read routes any alert and is drawn",
        inputMax: 1_536
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let source = SourceText(name: "fuzz.yml", text: text)
        let zones: TimeZoneSource = { $0 == "UTC" ? .utc : nil }
        let (configuration, diagnostics) = MedicConfiguration.read([source], references: { _ in nil }, zones: zones)
        hold(configuration != nil || !diagnostics.isEmpty, "refused without a reason")
        for diagnostic in diagnostics {
            let range = diagnostic.range
            hold(0 <= range.lowerBound && range.upperBound <= text.utf8.count, "\(range): \(diagnostic.message)")
        }
        guard let routes = configuration?.notifications.alerting.routes else { return }
        for labels in [[:], ["alertname": "a"], ["a": text]] as [Labels] {
            let matched = routes.matches(labels)
            hold(!matched.isEmpty, "an alert without a route")
            for route in matched { _ = routes.groupKey(of: routes.groupLabels(of: labels, on: route), on: route) }
            _ = routes.drawing(of: labels)
            _ = routes.text(marking: matched)
        }
        for receiver in configuration?.notifications.receivers ?? [] { hold(!receiver.name.isEmpty, "without a name") }
    }
}
