import Metrics
import Playbooks
import PromQL
import Rules

// What the samples say, as an agent would ask them.
extension HealingWorld {
    static func ask(_ text: String, _ engine: Engine, _ time: Timestamp) -> ExpressionAnswer {
        do throws(Unanswerable) {
            return .returned(try !elements(of: text, engine, time).isEmpty)
        } catch {
            return .failed(error.reason)
        }
    }

    /// Why an expression has no answer.
    private struct Unanswerable: Error {
        let reason: String
    }

    private static func elements(
        of text: String,
        _ engine: Engine,
        _ time: Timestamp
    ) throws(Unanswerable) -> [VectorElement] {
        let value: QueryValue
        do {
            value = try engine.prepare(try parse(text), text: text).instant(at: time).value
        } catch {
            throw Unanswerable(reason: "\(error)")
        }
        switch value {
        case .vector(let elements): return elements
        case .scalar(let number):
            // A number stands for yes unless it is zero or none.
            let isYes = number != 0 && !number.isNaN
            return isYes ? [VectorElement(labels: .empty, timestamp: time, value: .float(number))] : []
        case .string, .matrix: return []
        }
    }

    /// How the patient is; nil while data that is newer than the deed may still come.
    func measure(_ request: HealthRequest) -> Measurement? {
        do throws(Unanswerable) {
            let evidence = evidence(for: request)
            if let evidence, !evidence.isAboutAbsence, !evidence.isNewer(than: request.since) {
                var ofRule = Milliseconds.seconds(15)
                if case .rule(_, let interval) = request.alert.origin { ofRule = interval }
                let interval = evidence.interval(ofRule: ofRule)
                if wall - request.since < interval + interval { return nil }
            }
            if let expression = request.expression {
                if try Self.elements(of: expression, engine, wall).isEmpty { return .ill }
            } else {
                guard case .rule(let expression, _) = request.alert.origin else {
                    return .inconclusive("only the sender of the alert knows when it is over")
                }
                let isTrue = try Self.elements(of: expression, engine, wall)
                    .contains { $0.labels.describe(request.alert.labels) }
                if isTrue { return .ill }
                if let evidence, !evidence.isAboutAbsence, evidence.newestSample == nil {
                    return .inconclusive("there is no data")
                }
            }
            guard let evidence, !evidence.isAboutAbsence else { return .healthy }
            return evidence.isNewer(than: request.since)
                ? .healthy : .inconclusive("there is no data since the last step")
        } catch {
            return .inconclusive(error.reason)
        }
    }

    /// What the answer rests on, as an agent sees it.
    private func evidence(for request: HealthRequest) -> Evidence? {
        guard let expression = request.expression else { return evidence(of: request.alert) }
        guard let tree = try? parse(expression) else { return nil }
        let evidence = Evidence(of: tree, askedOf: engine)
        return evidence.newestSample == nil ? nil : evidence
    }

    private func evidence(of alert: Playbooks.FiringAlert) -> Evidence? {
        for group in groups {
            for place in group.group.rules.indices {
                let found = group.alerts(ofRule: place).first { $0.labels == alert.labels }
                if let found { return group.evidence(for: found, ofRule: place) }
            }
        }
        return nil
    }

    func surveyedEvidence(of alert: Playbooks.FiringAlert) -> SurveyedEvidence? {
        guard case .rule(let expression, let interval) = alert.origin, let evidence = evidence(of: alert) else {
            return nil
        }
        var surveyed = SurveyedEvidence(
            newestSampleAge: evidence.newestSample.map { Swift.max(.zero, wall - $0) },
            interval: evidence.interval(ofRule: interval),
            isAboutAbsence: evidence.isAboutAbsence,
            reach: evidence.range,
            covered: now + stage.medicUptime
        )
        if let elements = try? Self.elements(of: expression, engine, wall) {
            surveyed.isTrue = elements.contains { $0.labels.describe(alert.labels) }
        }
        return surveyed
    }
}

extension Labels {
    /// Whether these are the labels of the sample behind an alert; rules may have given the alert others besides.
    fileprivate func describe(_ alert: Labels) -> Bool {
        allSatisfy { label in
            guard label.name != Labels.metricName, let value = alert[label.name] else { return true }
            return value.utf8.elementsEqual(label.value.utf8)
        }
    }
}
