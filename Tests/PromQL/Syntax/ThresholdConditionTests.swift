import PromQL
import Testing

@Suite struct ThresholdConditionTests {
    @Test(arguments: [
        ("up == 0", ["up == 0"]), ("90 * 60 < time() - a", ["time() - a > 5400"]),
        ("(a > 1 and b <= -2) or c != d", ["a > 1", "b <= -2", "c != nil"]), ("a + b", []), ("a > bool 1", []),
        ("1 > 2", []), ("a >", []), ("sum(a) >= 2 ^ 3", ["sum(a) >= nil"]),
    ])
    func `What an expression compares is told, as if it stood on the left`(text: String, told: [String]) {
        let conditions = ThresholdCondition.conditions(of: text)
        let words = conditions.map { condition in
            let threshold = condition.threshold.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" } ?? "nil"
            return "\(condition.subject) \(condition.operation) \(threshold)"
        }
        #expect(words == told)
    }

    @Test func `Of a great many only the first are told`() {
        let text = (0..<50).map { "a\($0) > \($0)" }.joined(separator: " and ")
        #expect(ThresholdCondition.conditions(of: text).map(\.threshold) == [0, 1, 2, 3, 4, 5])
    }
}
