import Metrics
import PromQL
import Storage
import YAML

/// An alerting rule at work: its prepared expressions, its templates, and the alerts it has.
final class AlertingEvaluator: RuleEvaluating {
    static let stateMetric = "ALERTS"
    static let activeSinceMetric = "ALERTS_FOR_STATE"
    static let nameLabel = "alertname"
    static let stateLabel = "alertstate"

    let name: String
    var book: AlertBook
    private let query: RuleQuery
    private let clearQuery: RuleQuery?
    private let texts: AlertTexts
    private let output: SeriesOutput

    init(
        rule: AlertingRule,
        query: RuleQuery,
        clearQuery: RuleQuery?,
        texts: AlertTexts,
        output: SeriesOutput
    ) {
        name = rule.name.value
        book = AlertBook(
            terms: AlertTerms(
                hold: rule.hold?.value ?? .zero,
                keepFiring: rule.keepFiring,
                toleratedMisses: rule.toleratedMisses,
                hasClearCondition: clearQuery != nil
            )
        )
        self.query = query
        self.clearQuery = clearQuery
        self.texts = texts
        self.output = output
    }

    func evaluate(rule: Int, terms: EvaluationTerms) -> RuleEvaluation {
        var expansion = AlertTexts.Expansion()
        do throws(RuleProblem) {
            let result = try query.vector(terms)
            let findings = result.elements.map { finding(for: $0, terms: terms, expansion: &expansion) }
            let cleared = try clearedLabels(terms)
            let transitions = try settle(findings, cleared: cleared, terms: terms)
            try write(at: terms.queryTime)
            return RuleEvaluation(
                rule: rule,
                samples: result.elements.count,
                annotations: result.annotations,
                transitions: transitions,
                templateProblems: expansion.problems,
                remarks: result.remarks
            )
        } catch {
            return RuleEvaluation(rule: rule, problem: error, templateProblems: expansion.problems)
        }
    }

    func close(at time: Timestamp) {
        output.close(at: time)
    }

    private func settle(
        _ findings: [AlertBook.Finding],
        cleared: [Labels],
        terms: EvaluationTerms
    ) throws(RuleProblem) -> [AlertTransition] {
        do throws(AlertBook.Refusal) {
            return try book.evaluate(findings, cleared: cleared, limit: terms.limit, now: terms.now)
        } catch {
            switch error {
            case .duplicate(let labels): throw .duplicate(labels, isAlert: true)
            case .limitExceeded(let limit, let count): throw .limitExceeded(limit: limit, count: count, isAlert: true)
            }
        }
    }

    private func finding(
        for element: VectorElement,
        terms: EvaluationTerms,
        expansion: inout AlertTexts.Expansion
    ) -> AlertBook.Finding {
        let data = texts.data(for: element, at: terms.now)
        var builder = LabelsBuilder(element.labels)
        builder.remove(Labels.metricName)
        for label in texts.labels(data, &expansion) {
            builder.set(label.name, label.value)
        }
        builder.set(Self.nameLabel, name)
        return AlertBook.Finding(
            labels: builder.build(),
            source: element.labels,
            annotations: texts.annotations(data, &expansion),
            value: element.value.number
        )
    }

    /// What `clear_when` returns; it is asked only while an alert fires.
    private func clearedLabels(_ terms: EvaluationTerms) throws(RuleProblem) -> [Labels] {
        guard let clearQuery, book.hasFiring else { return [] }
        return try clearQuery.vector(terms).elements.map(\.labels)
    }

    private func write(at time: Timestamp) throws(RuleProblem) {
        var samples: [(labels: Labels, value: Double)] = []
        for alert in book.active {
            var builder = LabelsBuilder(alert.labels)
            builder.set(Labels.metricName, Self.activeSinceMetric)
            samples.append((builder.build(), (alert.activeSince.seconds).rounded(.down)))
            builder.set(Labels.metricName, Self.stateMetric)
            builder.set(Self.stateLabel, alert.phase.rawValue)
            samples.append((builder.build(), 1))
        }
        do throws(StorageRefusal) {
            try output.write(samples, at: time)
        } catch {
            throw .storage(error)
        }
    }
}
