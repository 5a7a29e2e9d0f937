import Metrics
import PromQL
import Synchronization
import Testing

@Suite struct EvaluationLimitTests {
    private func fixture(maxSamples: Int = 100, maxDepth: Int = 250) throws -> Fixture {
        let series = (0..<10).map { ("x_total{i=\"\($0)\"}", (0..<20).map(String.init).joined(separator: " ")) }
        return try Fixture(
            every: 10,
            Dictionary(uniqueKeysWithValues: series),
            options: QueryOptions(maxSamples: maxSamples, maxDepth: maxDepth)
        )
    }

    private static let tooMany = "query processing would load too many samples into memory in query execution"

    @Test(arguments: [
        // Ten series at ten steps are a hundred samples, at eleven steps more.
        ("x_total", 90, true), ("x_total", 100, false), ("sum(x_total)", 90, true), ("sum(x_total)", 100, false),
        // What is aggregated is forgotten before the other side is loaded.
        ("sum(x_total) + sum(x_total)", 70, true), ("x_total + x_total", 40, true), ("x_total + x_total", 70, false),
        // A window counts while it is looked at, then only its result.
        ("rate(x_total[2m])", 80, true), ("sum_over_time(x_total[2m:10s])", 190, false),
    ])
    func `Samples in memory are limited`(query: String, end: Int64, isFine: Bool) throws {
        let prepared = try fixture().prepare(query)
        do throws(QueryError) {
            _ = try prepared.range(start: .seconds(0), end: .seconds(end), step: .seconds(10))
            #expect(isFine)
        } catch {
            #expect(!isFine && error == .tooManySamples && error.description == Self.tooMany)
        }
    }

    @Test func `A range selector and the limit`() throws {
        #expect(try fixture(maxSamples: 12).failure("sum(sum_over_time(x_total[2m]))", at: 190) == Self.tooMany)
        #expect(try fixture(maxSamples: 25).failure("sum(sum_over_time(x_total[2m]))", at: 190) == "no error")
        // Of a counter that only rises, nothing between the ends is loaded.
        #expect(try fixture(maxSamples: 12).failure("sum(rate(x_total[2m]))", at: 190) == "no error")
        #expect(try fixture(maxSamples: 100).failure("x_total[2m]", at: 190) == Self.tooMany)
        #expect(try fixture(maxSamples: 120).failure("x_total[2m]", at: 190) == "no error")
    }

    @Test func `Depth is limited`() throws {
        let fixture = try fixture(maxDepth: 20)
        let deep = String(repeating: "(", count: 30) + "1" + String(repeating: ")", count: 30)
        #expect(try fixture.failure(deep, at: 0) == "expression is nested more than 20 levels deep")
        #expect(try fixture.failure("(((1)))", at: 0) == "no error")
    }

    @Test(arguments: [
        (Interruption.timedOut, "query timed out in expression evaluation"),
        (Interruption.cancelled, "query was canceled in expression evaluation"),
    ])
    func `A query ends when its caller wants it to`(interruption: Interruption, words: String) throws {
        let prepared = try fixture(maxSamples: 1_000_000).prepare("sum(x_total)")
        let asked = Mutex(0)
        let error = #expect(throws: QueryError.self) {
            try prepared.range(start: .seconds(0), end: .seconds(1_000_000), step: .seconds(1)) {
                asked.withLock { asked in
                    asked += 1
                    return asked > 3 ? interruption : nil
                }
            }
        }
        #expect(error?.description == words)
        #expect(asked.withLock { $0 } == 4)
    }

    @Test(arguments: [
        ("x_total[2m]", "invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"),
        ("\"text\"", "invalid expression type \"string\" for range query, must be Scalar or instant Vector"),
    ])
    func `Some expressions have no value at every step`(query: String, words: String) throws {
        let prepared = try fixture().prepare(query)
        let error = #expect(throws: QueryError.self) {
            try prepared.range(start: .seconds(0), end: .seconds(10), step: .seconds(10))
        }
        #expect(error?.description == words)
    }

    @Test(arguments: [
        ("x_total offset (1 - 1)", "no error"), ("rate(x_total[1m - 2m])", "duration must be greater than 0"),
        ("rate(x_total[step()])", "duration must be greater than 0"), ("rate(x_total[1m / 0])", "division by zero"),
        ("rate(x_total[1m % 0])", "modulo by zero"), ("rate(x_total[2 ^ 1m])", "duration is out of range"),
        ("rate(x_total[max(step(), 1m)])", "no error"), ("sum(x_total @ 1e12) offset -1e9", "no error"),
    ])
    func `Durations are worked out for each query`(query: String, words: String) throws {
        guard (try? parse(query)) != nil else { return }
        #expect(try fixture(maxSamples: 1_000).failure(query, at: 100) == words)
    }
}
