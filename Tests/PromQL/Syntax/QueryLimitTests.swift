import Diagnostics
import Foundation
import JSON
import PromQL
import Synchronization
import Testing

@Suite("Limits of queries") struct QueryLimitTests {
    @Test(arguments: [
        ("(", "1", ")"), ("-", "a", ""), ("abs(", "a", ")"), ("sum by (x) (", "a", ")"), ("2 ^ ", "2", ""),
        ("a + (", "a", ")"), ("a[", "1", ""),
    ])
    func `Nesting without end is refused, not followed`(opening: String, middle: String, closing: String) {
        let count = 100_000
        let nested =
            [String](repeating: opening, count: count).joined() + middle
            + [String](repeating: closing, count: count).joined()
        #expect(errors(nested) != "")
        let durations = "a[" + String(repeating: "(", count: count) + "1" + String(repeating: ")", count: count) + "]"
        #expect(errors(durations).contains("nested too deeply"))
    }

    @Test func `A query at the limits is read, printed, compared and checked on a stack of 8 MiB`() throws {
        let deep = String(repeating: "(", count: 199) + "a" + String(repeating: ")", count: 199)
        let chain = [String](repeating: "a", count: 500).joined(separator: " + ")
        for query in [deep, chain] {
            let done = DispatchSemaphore(value: 0)
            let isSame = Mutex(false)
            let thread = Thread {
                if let expression = try? parse(query), let again = try? parse(expression.pretty()) {
                    let holds =
                        again.isEquivalent(to: expression) && expression == expression
                        && expression.remarks(in: .init(text: query)).isEmpty && !expression.json.description.isEmpty
                    isSame.withLock { $0 = holds }
                }
                done.signal()
            }
            thread.stackSize = 8 << 20
            thread.start()
            done.wait()
            #expect(isSame.withLock { $0 })
        }
    }

    @Test func `One more than the limit is refused with a reason`() {
        let deep = String(repeating: "(", count: 201) + "a" + String(repeating: ")", count: 201)
        #expect(errors(deep) == "1:201: parse error: expression is nested too deeply, expected at most 200 levels")
        let chain = [String](repeating: "a", count: 501).joined(separator: "+")
        #expect(errors(chain).contains("too many operations within each other, expected at most 500"))
        let long = ParseOptions(lengthMax: 5)
        #expect(errors("a + bc", options: long) == "1:1: parse error: query of 6 bytes is too long, expected at most 5")
        #expect(errors("a + b", options: long) == "")
    }

    @Test func `The time is linear, however many problems there are`() throws {
        let many = 20_000
        let labels = (0..<many).map { "l\($0)" }.joined(separator: ",")
        let queries = [
            "a + on (\(labels)) group_left (\(labels)) b",
            "rat(" + [String](repeating: "{}", count: many).joined(separator: ",") + ")",
            "label_join(" + [String](repeating: "info(1,{})", count: many).joined(separator: ",") + ")",
            "rate({" + [String](repeating: "x=\"1\"", count: many).joined(separator: ",") + "}[5m])",
        ]
        for query in queries {
            let began = ContinuousClock.now
            _ = errors(query)
            // A quadratic reading takes minutes.
            #expect(ContinuousClock.now - began < .seconds(20))
        }
    }

    @Test func `Hostile bytes never crash`() {
        var random = SeededGenerator(seed: 7)
        let pieces =
            Array("(){}[],:=!~<>/@+-*^%#\"'`\\ \n\t0159.exX_msdwyaé\u{0}\u{FFFD}").map(String.init)
            + ["sum", "by", "on", "rate(", "offset", "step()", "start()", "group_left", "fill(", "5m", "1e", "bool"]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<16, using: &random)
            let query = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            if let expression = try? parse(query) {
                #expect((try? parse(expression.description))?.isEquivalent(to: expression) == true, "\(query)")
            }
            _ = try? parseMetric(query)
            _ = try? parseSelector(query)
        }
    }
}
