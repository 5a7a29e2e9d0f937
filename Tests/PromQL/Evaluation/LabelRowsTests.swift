import Metrics
import Testing

@testable import PromQL

@Suite struct LabelRowsTests {
    private func labels(_ random: inout EvaluationRandom) -> Labels {
        Labels(
            ["__name__", "a", "b", "le", "job", "a-very-long-name-\(String(repeating: "x", count: 150))"].compactMap {
                name in
                let value = Int.random(in: 0..<4, using: &random)
                return value == 0 ? nil : Label(name, String(repeating: "v", count: value * 60))
            }
        )
    }

    @Test func `Rows are numbered by what is left of the labels`() {
        var random = EvaluationRandom(state: 3)
        for names in [["le"], ["a", "b"], ["__name__"], [], ["none"]] {
            for projection in [LabelProjection.keeping(names), .removing(names)] {
                var rows = LabelRows()
                var known: [Labels: Int32] = [:]
                for _ in 0..<500 {
                    let labels = labels(&random)
                    let rest = projection.apply(labels)
                    let row = rows.row(of: labels, projectedBy: projection)
                    #expect(row == known[rest, default: Int32(known.count)])
                    #expect(rows.row(of: rest) == row)
                    known[rest] = row
                    #expect(rows.labels[Int(row)] == rest)
                }
                #expect(rows.labels.count == known.count)
            }
        }
    }

    @Test func `A projection is what a builder would make`() {
        var random = EvaluationRandom(state: 5)
        for _ in 0..<500 {
            let labels = labels(&random)
            let names = ["a", "le", "__name__"]
            var builder = LabelsBuilder(labels)
            for name in names { builder.remove(name) }
            #expect(LabelProjection.removing(names).apply(labels) == builder.build())
            let kept = labels.filter { names.contains($0.name) }
            #expect(LabelProjection.keeping(names).apply(labels) == Labels(kept))
        }
    }

    @Test(arguments: [
        ("node2", "node10"), ("a", "b"), ("a1b2", "a1b10"), ("", "a"), ("1", "a"), ("9", "10"), ("v1.9", "v1.10"),
        ("a", "a1"), ("99999999999999999999", "999999999999999999999"),
    ])
    func `Text and numbers sort apart`(first: String, second: String) {
        #expect(NaturalOrder.precedes(first, second))
        #expect(!NaturalOrder.precedes(second, first))
    }
}
