import Testing

@testable import PromQL

@Suite struct ClassicHistogramTests {
    static let infinity = Double.infinity

    private func with<R>(_ buckets: [(Double, Double)], _ body: (inout ClassicHistogram) -> R) -> R {
        let bounds = UnsafeMutableBufferPointer<Double>.allocate(capacity: buckets.count + 1)
        let counts = UnsafeMutableBufferPointer<Double>.allocate(capacity: buckets.count + 1)
        defer {
            unsafe bounds.deallocate()
            unsafe counts.deallocate()
        }
        for (index, bucket) in buckets.enumerated() {
            unsafe bounds[index] = bucket.0
            unsafe counts[index] = bucket.1
        }
        // One more than needed, so that there is always an address.
        guard let boundsStart = bounds.baseAddress, let countsStart = counts.baseAddress else { preconditionFailure() }
        var histogram = unsafe ClassicHistogram(bounds: boundsStart, counts: countsStart, count: buckets.count)
        return body(&histogram)
    }

    private func quantile(_ q: Double, _ buckets: [(Double, Double)]) -> Double {
        with(buckets) {
            $0.makeMonotonic()
            return $0.quantile(q)
        }
    }

    static let positive: [(Double, Double)] = [(0.1, 50), (0.2, 70), (1, 110), (infinity, 120)]
    static let negative: [(Double, Double)] = [(-0.2, 10), (-0.1, 20), (0.3, 20), (infinity, 30)]

    @Test func `A quantile is interpolated within its bucket`() {
        #expect(near(quantile(0.2, Self.positive), 0.048))
        #expect(near(quantile(0.5, Self.positive), 0.15))
        // Rank 96 of 120: 26 of the 40 between 0.2 and 1.
        #expect(near(quantile(0.8, Self.positive), 0.2 + 0.8 * 26 / 40))
        #expect(quantile(0, Self.positive) == 0)
    }

    @Test func `In the last bucket its lower end is all there is to say, and below zero the first one's upper end`() {
        #expect(quantile(1, Self.positive) == 1)
        #expect(near(quantile(0.8, Self.negative), 0.3))
        #expect(quantile(0.2, Self.negative) == -0.2)
        #expect(near(quantile(0.5, Self.negative), -0.15))
    }

    @Test func `Without observations, buckets, or a bucket to infinity there is no quantile`() {
        #expect(quantile(0.5, [(1, 0), (Self.infinity, 0)]).isNaN)
        #expect(quantile(0.5, [(Self.infinity, 10)]).isNaN)
        #expect(quantile(0.5, [(1, 5), (2, 10)]).isNaN)
        #expect(quantile(0.5, []).isNaN)
        #expect(quantile(.nan, Self.positive).isNaN)
        #expect(quantile(-0.1, []) == -.infinity)
        #expect(quantile(1.1, []) == .infinity)
    }

    @Test func `Buckets of one bound are added up`() {
        let split: [(Double, Double)] = [
            (0.1, 50), (0.2, 30), (0.2, 40), (1, 110), (Self.infinity, 60), (Self.infinity, 60),
        ]
        #expect(near(quantile(0.5, split), 0.15))
    }

    @Test func `Counts that fall are evened out, and the fall is reported`() {
        let buckets: [(Double, Double)] = [(0.1, 20), (1, 10), (10, 50), (100, 40), (1_000, 90), (Self.infinity, 80)]
        #expect(near(quantile(0.01, buckets), 0.0045))
        #expect(near(quantile(0.5, buckets), 8.5))
        #expect(near(quantile(0.99, buckets), 979.75))
        let repair = with(buckets) {
            $0.makeMonotonic()
            return $0.repair
        }
        #expect(repair == MonotonicityRepair(lowestBound: 1, highestBound: Self.infinity, greatestFall: 10))
    }

    @Test func `Differences left by rounding are taken back without a word`() {
        let buckets: [(Double, Double)] = [(10, 10), (15, 15), (20, 15.00000000001), (30, 15), (Self.infinity, 15)]
        let (value, repair) = with(buckets) {
            $0.makeMonotonic()
            return ($0.quantile(1), $0.repair)
        }
        #expect(value == 15)
        #expect(repair == nil)
    }

    static let ones: [(Double, Double)] = [(1, 1), (2, 3), (3, 6), (infinity, 100)]
    static let below: [(Double, Double)] = [(-3, 10), (-2, 12), (-1, 15), (infinity, 100)]

    @Test(
        arguments: [
            // Bucket (0, 1] whole and half of (1, 2].
            (ones, 0.0, 1.5, 0.02),
            (ones, 0.5, 2, 0.025),
            (ones, 2, 3.5, 0.03),
            // Nothing is known of where in the last bucket observations are.
            (ones, 4, 5, 0),
            (ones, 400, infinity, 0.94),
            (ones, -infinity, infinity, 1),
            (ones, 2, 2, 0),
            (ones, 3, 2, 0),
            (ones, -10, -5, 0),
            (ones, .nan, 1, .nan),
            (ones, 0, .nan, .nan),
            // What is in the first bucket is at minus infinity.
            (below, -4, -2, 0.02),
            (below, -infinity, -1.5, 0.135),
            (below, -infinity, -5, 0.1),
            ([(infinity, 100)], 0, 1, 0),
            ([(1, 0), (infinity, 0)], 0, 1, .nan),
            ([(1, 1)], 0, 1, .nan),
            ([], 0, 1, .nan),
        ] as [([(Double, Double)], Double, Double, Double)]
    ) func `A fraction is interpolated at both ends`(row: ([(Double, Double)], Double, Double, Double)) {
        let result = with(row.0) { $0.fraction(row.1, row.2) }
        #expect(near(result, row.3), "got \(result)")
    }

    @Test(arguments: [
        ("0.1", 0.1), (".2", 0.2), ("1e0", 1), ("5.", 5), ("-0.25", -0.25), ("+3", 3), ("+Inf", infinity),
        ("+inf", infinity), ("-INFINITY", -infinity), ("inf", infinity), ("0x1p-2", 0.25), ("0X_1.8P1", 3),
        ("1_000", 1_000), ("1_23.50_0e+1_0", 1.235e12), ("0x1p-2000", 0), ("1e-400", 0),
    ]) func `Bounds are read as Go reads numbers`(row: (String, Double)) {
        #expect(BucketBound.parse(row.0) == row.1, "\(row.0)")
    }

    @Test(arguments: [
        "", "Hello World", " 1", "1 ", "1e", "e1", ".", "+", "1.2.3", "0x1", "0x", "0xp1", "1e400", "--1", "infin",
        "_1",
        "1_", "1__0", "1_.5", "1._5", "1e_5", "1_e5", "+nan", "nan(1)", "1f", "٣",
    ]) func `What is no number is no bound`(text: String) {
        #expect(BucketBound.parse(text) == nil)
    }

    @Test func `NaN is a bound to the parser`() {
        #expect(BucketBound.parse("NaN")?.isNaN == true)
    }
}
