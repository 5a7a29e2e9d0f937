import PromQL
import Testing

@Suite("Printing and reading back") struct RoundTripTests {
    @Test(arguments: 0..<20) func `Every generated query survives printing`(seed: UInt64) throws {
        var generator = QueryGenerator(seed: seed)
        for _ in 0..<250 {
            let query = generator.query()
            let expression = try parsed(query)
            for text in [expression.description, expression.pretty()] {
                let again = try parsed(text)
                #expect(again.isEquivalent(to: expression), "\(query)\n→ \(text)")
                #expect(again.description == expression.description)
            }
        }
    }

    @Test func `Equivalence tells apart what differs`() throws {
        let queries = [
            "1", "2", "5m", "NaN", "\"a\"", "\"b\"", "a", "b", "a{x=\"1\"}", "a{x!=\"1\"}", "a offset 5m", "a @ 5",
            "a anchored", "a[5m]", "a[6m]", "a[5m:]", "a[5m:1m]", "rate(a[5m])", "irate(a[5m])", "sum(a)",
            "sum by (x) (a)", "sum without () (a)", "topk(1, a)", "topk(2, a)", "a + b", "a - b", "a + on () b",
            "a + on (x) group_left () b", "a + on (x) group_left (y) b", "a + fill (0) b", "a == b", "a == bool b",
            "-a",
            "+a", "(a)", "\"\\xc5\"", "\"\\xc6\"",
        ]
        for (index, left) in queries.enumerated() {
            for (other, right) in queries.enumerated() {
                #expect(try parsed(left).isEquivalent(to: parsed(right)) == (index == other), "\(left) and \(right)")
            }
        }
    }

    @Test func `Equivalence looks past places and the order of matchers`() throws {
        let left = try parsed("sum(a{x=\"1\", y=\"2\"})")
        let right = try parsed("sum  (\n a{ y = '2', x = '1' } )")
        #expect(left.isEquivalent(to: right))
        #expect(left != right)
    }
}
