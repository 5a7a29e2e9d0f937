import Metrics
import PromQL
import Storage

/// A recording rule at work: its prepared expression, and the series it has written.
final class RecordingEvaluator: RuleEvaluating {
    private let name: String
    private let labels: [Label]
    private let query: RuleQuery
    private let output: SeriesOutput
    /// The labels of the last results, and what was made of them: mostly a rule yields the same series again.
    private var named: [(given: Labels, made: Labels)] = []

    init(
        name: String,
        labels: [Label],
        query: RuleQuery,
        output: SeriesOutput
    ) {
        self.name = name
        self.labels = labels
        self.query = query
        self.output = output
    }

    func evaluate(rule: Int, terms: EvaluationTerms) -> RuleEvaluation {
        do throws(RuleProblem) {
            let result = try query.vector(terms)
            let samples = try relabelled(result.elements, limit: terms.limit)
            do throws(StorageRefusal) {
                try output.write(samples, at: terms.queryTime)
            } catch {
                throw .storage(error)
            }
            return RuleEvaluation(
                rule: rule,
                samples: samples.count,
                annotations: result.annotations,
                remarks: result.remarks
            )
        } catch {
            return RuleEvaluation(rule: rule, problem: error)
        }
    }

    func close(at time: Timestamp) {
        output.close(at: time)
    }

    private func relabelled(
        _ elements: [VectorElement],
        limit: Int
    ) throws(RuleProblem) -> [(labels: Labels, value: Double)] {
        guard limit == 0 || elements.count <= limit else {
            throw .limitExceeded(limit: limit, count: elements.count, isAlert: false)
        }
        if named.count != elements.count || !zip(named, elements).allSatisfy({ $0.given == $1.labels }) {
            named = []
            named = try names(for: elements)
        }
        return zip(named, elements).map { ($0.made, $1.value.number) }
    }

    private func names(for elements: [VectorElement]) throws(RuleProblem) -> [(given: Labels, made: Labels)] {
        var seen: Set<Labels> = []
        seen.reserveCapacity(elements.count)
        var names: [(given: Labels, made: Labels)] = []
        names.reserveCapacity(elements.count)
        for element in elements {
            var builder = LabelsBuilder(element.labels)
            builder.set(Labels.metricName, name)
            for label in labels {
                builder.set(label.name, label.value)
            }
            let result = builder.build()
            guard seen.insert(result).inserted else { throw .duplicate(result, isAlert: false) }
            names.append((element.labels, result))
        }
        return names
    }
}
