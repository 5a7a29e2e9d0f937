import Metrics
import PromQL

/// Compares an answer with what the script expects.
struct ResultComparison {
    let evaluation: PromQLScript.Evaluation

    func failure(of value: QueryValue) -> EvaluationFailure? {
        switch (evaluation.result, value) {
        case (.scalar(let expected), .scalar(let got)): return failure(ofScalar: got, expected: expected)
        case (.string(let expected), .string(let got)):
            if expected.utf8.elementsEqual(got.utf8) { return nil }
            return EvaluationFailure(
                summary: "another string",
                rows: [.expected(Labels.quoted(expected)), .got(Labels.quoted(got))]
            )
        case (.series(let lines), .vector(let elements)):
            guard expectedSteps != nil else {
                return failure(ofVector: elements.map { ($0.labels, $0.value.number) }, expected: lines)
            }
            return wrongKind(value, "a range vector")
        case (.series(let lines), .matrix(let series)):
            guard let steps = expectedSteps else { return wrongKind(value, "an instant vector") }
            return Self.failureOfOrder(series) ?? MatrixComparison(steps: steps).failure(of: series, expected: lines)
        case (.scalar(let expected), _): return wrongKind(value, "the scalar \(SampleText.of(expected))")
        case (.string(let expected), _): return wrongKind(value, "the string \(Labels.quoted(expected))")
        case (.series, _): return wrongKind(value, "series")
        }
    }

    /// The middle step of a range query stands for the instant vector or scalar.
    func failure(ofMiddle elements: [(labels: Labels, value: Double)]) -> EvaluationFailure? {
        switch evaluation.result {
        case .scalar(let expected):
            guard let only = elements.first, elements.count == 1, only.labels.isEmpty else {
                return EvaluationFailure(
                    summary: "not one value without labels",
                    rows: elements.map { .got("\($0.labels) \(SampleText.of($0.value))") }
                )
            }
            return failure(ofScalar: only.value, expected: expected)
        case .series(let lines): return failure(ofVector: elements, expected: lines)
        case .string: return nil
        }
    }

    /// The moments of an expected range vector, or nil where an instant vector is expected.
    private var expectedSteps: PromQLScript.Steps? {
        switch evaluation.span {
        case .instant: nil
        case .range(let steps), .window(let steps): steps
        }
    }

    private func wrongKind(_ value: QueryValue, _ expected: String) -> EvaluationFailure {
        EvaluationFailure(
            summary: "expected \(expected), got \(Self.kind(of: value))",
            rows: Self.rows(of: value)
        )
    }

    private func failure(ofScalar got: Double, expected: Double) -> EvaluationFailure? {
        if SampleText.areEqual(got, expected) { return nil }
        return EvaluationFailure(
            summary: "another value",
            rows: [.expected(SampleText.of(expected)), .got(SampleText.of(got))]
        )
    }

    private func failure(
        ofVector elements: [(labels: Labels, value: Double)],
        expected lines: [PromQLScript.SeriesLine]
    ) -> EvaluationFailure? {
        var got: [Labels: Double] = [:]
        for element in elements where got.updateValue(element.value, forKey: element.labels) != nil {
            return EvaluationFailure(summary: "the result has the series \(element.labels) twice")
        }
        var rows: [EvaluationFailure.Row] = []
        var isEqual = true
        for line in lines {
            let expected = "\(line.labels) \(SampleText.of(line.items.first ?? .absent))"
            let value = got.removeValue(forKey: line.labels)
            if SampleText.areEqual(value, line.items.first ?? .absent) {
                rows.append(.same(expected))
                continue
            }
            isEqual = false
            rows.append(.expected(expected))
            if let value { rows.append(.got("\(line.labels) \(SampleText.of(value))")) }
        }
        let surplus = elements.filter { got[$0.labels] != nil }
        rows += surplus.map { .got("\($0.labels) \(SampleText.of($0.value))") }
        guard isEqual && surplus.isEmpty else {
            return EvaluationFailure(summary: "another result", rows: SampleText.shortened(rows))
        }
        return evaluation.isOrdered ? failure(ofOrder: elements.map(\.labels), expected: lines.map(\.labels)) : nil
    }

    private func failure(ofOrder got: [Labels], expected: [Labels]) -> EvaluationFailure? {
        if got == expected { return nil }
        return EvaluationFailure(
            summary: "the right series in another order",
            rows: expected.map { .expected("\($0)") } + got.map { .got("\($0)") }
        )
    }

    /// Range vectors are always sorted by their labels.
    static func failureOfOrder(_ series: [MatrixSeries]) -> EvaluationFailure? {
        for (left, right) in zip(series, series.dropFirst()) where right.labels < left.labels {
            return EvaluationFailure(
                summary: "the result is not sorted by labels: \(right.labels) comes after \(left.labels)"
            )
        }
        return nil
    }

    // MARK: Annotations

    func failure(of annotations: [Annotation], in query: String) -> EvaluationFailure? {
        failure(
            of: annotations.filter { $0.kind == .warning }.map { $0.text(in: query) },
            evaluation.warnings,
            "warning"
        )
            ?? failure(
                of: annotations.filter { $0.kind == .info }.map { $0.text(in: query) },
                evaluation.infos,
                "info"
            )
    }

    private func failure(
        of texts: [String],
        _ expectation: PromQLScript.AnnotationExpectation,
        _ kind: String
    ) -> EvaluationFailure? {
        if expectation.isForbidden, !texts.isEmpty {
            return EvaluationFailure(summary: "expected no \(kind)", rows: texts.map { .got($0) })
        }
        if expectation.required.isEmpty { return nil }
        let missing = expectation.required.filter { wanted in !texts.contains { wanted.accepts($0) } }
        let surplus = texts.filter { text in !expectation.required.contains { $0.accepts(text) } }
        if missing.isEmpty && surplus.isEmpty { return nil }
        return EvaluationFailure(
            summary: "the \(kind) annotations differ",
            rows: missing.map { .expected($0.described) } + surplus.map { .got($0) }
        )
    }

    // MARK: Showing a result

    static func kind(of value: QueryValue) -> String {
        switch value {
        case .scalar: "a scalar"
        case .string: "a string"
        case .vector: "an instant vector"
        case .matrix: "a range vector"
        }
    }

    static func rows(of value: QueryValue) -> [EvaluationFailure.Row] {
        switch value {
        case .scalar(let value): [.got(SampleText.of(value))]
        case .string(let text): [.got(Labels.quoted(text))]
        case .vector(let elements):
            SampleText.shortened(elements.map { .got("\($0.labels) \(SampleText.of($0.value.number))") })
        case .matrix(let series):
            SampleText.shortened(
                series.map { series in
                    let samples = series.samples.map { sample in
                        "\(SampleText.of(sample.value.number))@\(sample.timestamp.scriptText)"
                    }
                    return .got("\(series.labels) \(samples.joined(separator: " "))")
                }
            )
        }
    }
}
