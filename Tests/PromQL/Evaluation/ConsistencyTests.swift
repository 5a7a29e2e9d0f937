import Metrics
import PromQL
import Storage
import Testing

/// The same question asked in different ways has the same answer, to the bit.
@Suite struct ConsistencyTests {
    static let queries = [
        "x_total", "rate(x_total[2m])", "increase(x_total[45s])", "delta(x_total[2m] offset 30s)", "irate(x_total[2m])",
        "sum by (job) (rate(x_total[1m]))", "avg without (i) (x_total)", "topk(2, x_total)", "quantile(0.7, x_total)",
        "x_total / on (job, i) x_total offset 1m", "x_total > 50 or x_total offset 2m", "x_total unless x_total > 80",
        "max_over_time(x_total[2m])", "sum_over_time(rate(x_total[1m])[3m:20s])", "changes(x_total[3m])",
        "absent(x_total > 100)", "absent_over_time(x_total[10s])", "count_values(\"v\", floor(x_total / 10))",
        "timestamp(x_total)", "scalar(sum(x_total)) + time()",
        "histogram_quantile(0.8, sum by (le) (rate(h_bucket[2m])))",
        "label_replace(x_total, \"j\", \"$1\", \"job\", \"(.).*\")", "x_total @ 300 + x_total",
        "stddev_over_time(x_total[2m])",
        "resets(x_total[5m])", "deriv(x_total[2m])", "predict_linear(x_total[2m], 60)", "last_over_time(x_total[20s])",
        "min(x_total) by (i) * on (i) group_right () x_total", "-x_total ^ 2 % 7", "limitk(2, x_total)",
        "quantile_over_time(0.3, x_total[2m])", "mad_over_time(x_total[2m])", "x_total == bool 5",
    ]

    /// Counters with resets, holes, ends and new beginnings in a few targets.
    private func fixture(seed: UInt64) throws -> Fixture {
        var random = EvaluationRandom(state: seed)
        let fixture = Fixture()
        for target in 0..<3 {
            let writer = try fixture.store.openTimeline(named: "target\(target)")
            for i in 0..<4 {
                _ = try writer.slot(for: Labels(name: "x_total", [Label("job", "job\(target)"), Label("i", "\(i)")]))
            }
            for le in ["1", "2", "+Inf"] {
                _ = try writer.slot(for: Labels(name: "h_bucket", [Label("job", "job\(target)"), Label("le", le)]))
            }
            var values = [Double](repeating: 0, count: 7)
            for frame in 0..<80 {
                var row: [Double?] = []
                for slot in values.indices {
                    let chance = Int.random(in: 0..<40, using: &random)
                    values[slot] = chance == 0 ? 0 : values[slot] + Double(Int.random(in: 0..<5, using: &random))
                    row.append(chance == 1 ? nil : chance == 2 ? MarkerNaN.stale : chance == 3 ? .nan : values[slot])
                }
                try writer.append(at: Int64(frame) * 15 + Int64(target), row)
            }
        }
        return fixture
    }

    private func bits(_ value: QueryValue) -> [String: UInt64] {
        switch value {
        case .scalar(let value): return ["{}": comparable(value)]
        case .vector(let elements):
            return Dictionary(elements.map { ($0.labels.description, comparable($0.value.number)) }) { $1 }
        default: return [:]
        }
    }

    private func bits(_ value: QueryValue, at time: Timestamp) -> [String: UInt64] {
        guard case .matrix(let series) = value else { return [:] }
        return Dictionary(
            series.compactMap { series in
                series.samples.first { $0.timestamp == time }.map {
                    (series.labels.description, comparable($0.value.number))
                }
            }
        ) { $1 }
    }

    /// One NaN is as good as another.
    private func comparable(_ value: Double) -> UInt64 { value.isNaN ? MarkerNaN.plainBits : value.bitPattern }

    @Test(arguments: queries)
    func `An instant is a step of a range, and asking again changes nothing`(query: String) throws {
        for seed in 1...2 {
            let fixture = try fixture(seed: UInt64(seed))
            let prepared = try fixture.prepare(query)
            let (start, step, count) = (Int64(290), Int64(37), Int64(24))
            let whole = try prepared.range(
                start: .seconds(start),
                end: .seconds(start + step * (count - 1)),
                step: .seconds(step)
            ).value
            let pair = try prepared.range(start: .seconds(start), end: .seconds(start + step), step: .seconds(step))
                .value
            for index in 0..<count {
                let time = Timestamp.seconds(start + index * step)
                let once = bits(try prepared.instant(at: time).value)
                #expect(bits(whole, at: time) == once)
                #expect(bits(try fixture.prepare(query).instant(at: time).value) == once)
                if index < 2 { #expect(bits(pair, at: time) == once) }
            }
        }
    }

    @Test(arguments: [
        "rate(x_total[2m])", "sum by (job) (x_total)", "sum_over_time(x_total[2m:30s])", "count_values(\"v\", x_total)",
    ])
    func `A long range query is the sum of its stretches`(query: String) throws {
        let fixture = try fixture(seed: 9)
        let prepared = try fixture.prepare(query)
        let long = try prepared.range(
            start: .seconds(0),
            end: Timestamp(milliseconds: 1_200_000),
            step: Milliseconds(250)
        ).value
        guard case .matrix(let series) = long else { return }
        #expect(series.contains { $0.samples.count > 1_100 })
        for time in stride(from: Int64(0), through: 1_200_000, by: 49_750) {
            let moment = Timestamp(milliseconds: time)
            #expect(bits(long, at: moment) == bits(try prepared.instant(at: moment).value))
        }
    }
}
