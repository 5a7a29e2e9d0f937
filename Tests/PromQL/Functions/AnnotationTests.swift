import Metrics
import Testing

@testable import PromQL

@Suite struct AnnotationTests {
    static let report = MonotonicityReport(
        MonotonicityRepair(lowestBound: 2.5, highestBound: 100, greatestFall: 10),
        at: Timestamp(milliseconds: 1_703_462_400_000)
    )

    @Test(
        arguments: [
            (.invalidQuantile(.nan), "PromQL warning: quantile value should be between 0 and 1, got NaN (1:5)"),
            (.invalidQuantile(1.01), "PromQL warning: quantile value should be between 0 and 1, got 1.01 (1:5)"),
            (
                .invalidRatio(1.1, used: 1),
                "PromQL warning: ratio value should be between -1 and 1, got 1.1, capping to 1 (1:5)"
            ),
            (
                .badBucketLabel(metric: "series", value: "Hello World"),
                "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"Hello World\" "
                    + "for metric name \"series\" (1:5)"
            ),
            (
                .badBucketLabel(metric: "", value: ""),
                "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"\" (1:5)"
            ),
            (
                .possibleNonCounter(metric: "up"),
                "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"up\" (1:5)"
            ),
            (
                .sortInRangeQuery,
                "PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:5)"
            ),
            (
                .forcedMonotonicity(metric: "series_1", report),
                "PromQL info: input to histogram_quantile needed to be fixed for monotonicity "
                    + "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) "
                    + "for metric name \"series_1\", from buckets 2.5 to 100, with a max diff of 10, over 1 samples "
                    + "from 2023-12-25T00:00:00Z to 2023-12-25T00:00:00Z (1:5)"
            ),
        ] as [(Annotation.Fact, String)]
    ) func `Annotations are worded as Prometheus words them`(
        row: (Annotation.Fact, String)
    ) {
        #expect(Annotation(row.0, range: 4..<9).text(in: "sum(something)") == row.1)
    }

    @Test func `The place is a line and a column in bytes`() {
        let annotation = Annotation(.sortInRangeQuery, range: 10..<12)
        #expect(annotation.text(in: "sort(\n\"é\" x)").hasSuffix(" (2:5)"))
        #expect(Annotation(.sortInRangeQuery, range: 0..<2).text(in: "").hasSuffix(" (1:1)"))
    }

    @Test(arguments: [
        (10.0, "10"), (100, "1e+02"), (128, "1.3e+02"), (5.5, "5.5"), (0.0128, "0.013"), (1, "1"), (99.6, "1e+02"),
        (0.00001, "1e-05"), (0.000_099_9, "0.0001"), (1e-9, "1e-09"), (0, "0"), (.infinity, "+Inf"),
    ]) func `The greatest fall has two digits`(value: Double, text: String) {
        let repair = MonotonicityRepair(lowestBound: 1, highestBound: 2, greatestFall: value)
        let fact = Annotation.Fact.forcedMonotonicity(metric: "", MonotonicityReport(repair, at: .epoch))
        #expect(Annotation(fact, range: 0..<1).message.contains("with a max diff of \(text), over"))
    }

    @Test func `What is said twice is kept once, and repairs of one metric are summed up`() {
        var set = AnnotationSet()
        set.insert(.invalidQuantile(.nan), at: 0..<1)
        set.insert(.invalidQuantile(.nan), at: 5..<6)
        set.insert(.possibleNonCounter(metric: "a"), at: 0..<1)
        set.insert(.possibleNonCounter(metric: "b"), at: 0..<1)
        var other = AnnotationSet()
        other.insert(.forcedMonotonicity(metric: "a", Self.report), at: 0..<1)
        let later = MonotonicityReport(
            MonotonicityRepair(lowestBound: 1, highestBound: 50, greatestFall: 20),
            at: Timestamp(milliseconds: 1_735_084_800_000)
        )
        other.insert(.forcedMonotonicity(metric: "a", later), at: 3..<4)
        set.merge(other)
        #expect(set.annotations.map(\.range.lowerBound) == [0, 0, 0, 0])
        #expect(set.annotations.count == 4)
        #expect(
            set.annotations.last?.message.hasSuffix(
                "from buckets 1 to 100, with a max diff of 20, over 2 samples "
                    + "from 2023-12-25T00:00:00Z to 2024-12-25T00:00:00Z"
            ) == true
        )
    }

    @Test(
        arguments: [
            (
                .manyToMany(
                    side: .right,
                    group: [:],
                    ["__name__": "dup_metric", "label": "alpha"],
                    ["__name__": "dup_metric", "label": "beta"]
                ),
                "found duplicate series for the match group {} on the right hand-side of the operation: "
                    + "[{__name__=\"dup_metric\", label=\"alpha\"}, {__name__=\"dup_metric\", label=\"beta\"}];"
                    + "many-to-many matching not allowed: matching labels must be unique on one side"
            ),
            (
                .manyToOneNotExplicit,
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
            ),
            (.groupingNotUnique, "multiple matches for labels: grouping labels must ensure unique matches"),
            (.duplicateLabelset, "vector cannot contain metrics with the same labelset"),
            (.parameterIsNaN, "Parameter value is NaN"),
            (.ratioIsNaN, "Ratio value is NaN"),
            (.parameterOverflows(1e40), "Scalar value 1e+40 overflows int64"),
            (.parameterUnderflows(-.infinity), "Scalar value -Inf underflows int64"),
            (.invalidLabelName([]), "invalid label name \"\""),
            (.invalidLabelName([97, 0xc5, 122]), "invalid label name \"a\\xc5z\""),
            (.invalidLabel(.joinSource, ""), "invalid source label name in label_join(): "),
            (.invalidLabel(.replaceDestination, ""), "invalid destination label name in label_replace(): "),
            (.invalidRegularExpression("(.*"), "invalid regular expression in label_replace(): (.*"),
            (.invalidSmoothingFactor(1.5), "invalid smoothing factor. Expected: 0 < sf < 1, got: 1.500000"),
            (.invalidTrendFactor(-0.25), "invalid trend factor. Expected: 0 < tf < 1, got: -0.250000"),
            (.invalidTrendFactor(1.9999999), "invalid trend factor. Expected: 0 < tf < 1, got: 2.000000"),
            (.invalidTrendFactor(1e17), "invalid trend factor. Expected: 0 < tf < 1, got: 100000000000000000.000000"),
        ] as [(EvaluationProblem, String)]
    ) func `Problems are worded as Prometheus words them`(
        row: (EvaluationProblem, String)
    ) {
        #expect(row.0.description == row.1)
    }
}
