import EventLoop
import Metrics
import Playbooks
import PromQL
import Rules
import YAML

// Whether a patient is well, by data that is newer than what was done.
extension HealingSurveyor {
    /// How often to look whether data has come since the deed.
    private static let patienceStep = Duration.milliseconds(250)

    /// Measures once the data is newer than the deed. Data comes when it comes: only when two intervals have brought none is that an
    /// answer. The interval is that at which the series are written, however often the playbook wants to look.
    func measure(_ request: HealthRequest, _ then: @escaping @Sendable (Answer) -> Void) {
        if isAwaitingData(request) {
            loop.after(Self.patienceStep) { [weak self] in self?.measure(request, then) }
        } else {
            then(.health(measurement(request)))
        }
    }

    private func isAwaitingData(_ request: HealthRequest) -> Bool {
        guard let evidence = evidence(for: request), !evidence.isAboutAbsence else { return false }
        var ofRule = Milliseconds.seconds(15)
        if case .rule(_, let interval) = request.alert.origin { ofRule = interval }
        let interval = evidence.interval(ofRule: ofRule)
        let waited = clock.now.wall - request.since
        return !evidence.isNewer(than: request.since) && waited >= .zero && waited < interval + interval
    }

    private func measurement(_ request: HealthRequest) -> Measurement {
        do {
            let evidence = evidence(for: request)
            if let expression = request.expression {
                if try elements(of: expression).isEmpty { return .ill }
            } else {
                guard let expression = request.alert.expression else {
                    return .inconclusive("only the sender of the alert knows when it is over")
                }
                let isTrue =
                    try answeredElsewhere(expression, for: request.alert.labels)
                    ?? elements(of: expression).contains { $0.labels.agrees(with: request.alert.labels) }
                if isTrue { return .ill }
                if let evidence, !evidence.isAboutAbsence, evidence.newestSample == nil {
                    return .inconclusive("there is no data")
                }
            }
            guard let evidence, !evidence.isAboutAbsence else { return .healthy }
            return evidence.isNewer(than: request.since)
                ? .healthy : .inconclusive("there is no data since the last step")
        } catch {
            return .inconclusive("\(error)")
        }
    }

    /// What the answer rests on; nil where it rests on no samples, or the alert is forgotten, which it is when it is over.
    private func evidence(for request: HealthRequest) -> Evidence? {
        guard let expression = request.expression else { return evidence(of: request.alert) }
        guard let tree = try? parse(expression) else { return nil }
        let evidence = Evidence(of: tree, askedOf: engine)
        // Without a single sample the expression speaks for itself.
        return evidence.newestSample == nil ? nil : evidence
    }

    func evidence(of alert: FiringAlert) -> Evidence? {
        for group in rules.groups {
            for place in group.group.rules.indices {
                if let found = group.evaluator.alert(alert.labels, ofRule: place) {
                    return group.evaluator.evidence(for: found, ofRule: place)
                }
            }
        }
        return nil
    }

    /// Whether an alert whose rule a datasource answers was true by its last answer; nil where the store answers the expression.
    func answeredElsewhere(_ expression: String, for labels: Labels) -> Bool? {
        var isElsewhere = false
        for group in rules.groups where group.datasource != nil {
            for (place, rule) in group.group.rules.enumerated()
            where rule.expression.text.text.utf8.elementsEqual(expression.utf8) {
                isElsewhere = true
                if group.evaluator.alert(labels, ofRule: place)?.wasTrue == true { return true }
            }
        }
        return isElsewhere ? false : nil
    }
}
