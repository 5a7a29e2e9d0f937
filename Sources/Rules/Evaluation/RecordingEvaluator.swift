import Metrics
import PromQL
import Storage

/// A recording rule at work: its prepared expression, and the series it has written.
final class RecordingEvaluator: RuleEvaluating {
    private let name: String
    private let labels: [Label]
    private let query: RuleQuery
    private let output: SeriesOutput

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
        var seen: Set<Labels> = []
        seen.reserveCapacity(elements.count)
        var samples: [(labels: Labels, value: Double)] = []
        samples.reserveCapacity(elements.count)
        for element in elements {
            var builder = LabelsBuilder(element.labels)
            builder.set(Labels.metricName, name)
            for label in labels {
                builder.set(label.name, label.value)
            }
            let result = builder.build()
            guard seen.insert(result).inserted else { throw .duplicate(result, isAlert: false) }
            samples.append((result, element.value.number))
        }
        return samples
    }
}
