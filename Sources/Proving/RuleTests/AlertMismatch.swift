public import Metrics

/// An alert that fires, as a test sees it.
public struct FiringAlert: Sendable {
    public let told: ToldAlert
    /// Since when it fires, counted from the start of the test.
    public let since: Milliseconds
    /// The value with which the expression was last true.
    public let value: Double
    /// The group of its rule.
    public let group: String
}

/// How the alerts that fire differ from those that were expected.
public struct AlertMismatch: Sendable {
    /// Two that are most likely meant to be the same.
    public struct Pair: Sendable {
        public let expected: ToldAlert
        public let got: FiringAlert
    }

    public struct Missing: Sendable {
        public let expected: ToldAlert
        /// How near it came to firing.
        public let nearMiss: NearMiss
    }

    public let matched: Int
    public let pairs: [Pair]
    public let missing: [Missing]
    public let surplus: [FiringAlert]

    /// Nil when they do not differ. `nearMiss` is asked about alerts that nothing resembles.
    init?(expected: [ToldAlert], got: [FiringAlert], nearMiss: (ToldAlert) -> NearMiss) {
        var (wanted, present) = Self.withoutEqual(expected.sorted(), got.sorted { $0.told < $1.told })
        if wanted.isEmpty && present.isEmpty { return nil }
        matched = expected.count - wanted.count
        pairs = Self.pair(&wanted, &present)
        missing = wanted.map { Missing(expected: $0, nearMiss: nearMiss($0)) }
        surplus = present
    }

    /// What is left of two sorted lists when those that are in both are taken away.
    private static func withoutEqual(
        _ expected: [ToldAlert],
        _ got: [FiringAlert]
    ) -> (expected: [ToldAlert], got: [FiringAlert]) {
        var (wanted, present): ([ToldAlert], [FiringAlert]) = ([], [])
        var (left, right) = (0, 0)
        while left < expected.count && right < got.count {
            if expected[left] == got[right].told {
                left += 1
                right += 1
            } else if expected[left] < got[right].told {
                wanted.append(expected[left])
                left += 1
            } else {
                present.append(got[right])
                right += 1
            }
        }
        return (wanted + expected[left...], present + got[right...])
    }

    // So many alerts on a side are compared with each other; beyond that a reader is lost anyway.
    private static let comparedMax = 200

    /// Finds for each expected alert the one it most likely means, the surest first, and takes both away.
    private static func pair(_ expected: inout [ToldAlert], _ got: inout [FiringAlert]) -> [Pair] {
        if expected.count == 1 && got.count == 1 {
            return [Pair(expected: expected.removeLast(), got: got.removeLast())]
        }
        guard expected.count <= comparedMax && got.count <= comparedMax else { return [] }
        var candidates: [(score: Int, expected: Int, got: Int)] = []
        for (left, one) in expected.enumerated() {
            for (right, other) in got.enumerated() {
                let score = likeness(one.labels, other.told.labels)
                if score > 0 { candidates.append((score, left, right)) }
            }
        }
        candidates.sort { ($1.score, $0.expected, $0.got) < ($0.score, $1.expected, $1.got) }
        var (usedLeft, usedRight): (Set<Int>, Set<Int>) = ([], [])
        var pairs: [(expected: Int, pair: Pair)] = []
        for candidate in candidates
        where !usedLeft.contains(candidate.expected) && !usedRight.contains(candidate.got) {
            usedLeft.insert(candidate.expected)
            usedRight.insert(candidate.got)
            pairs.append((candidate.expected, Pair(expected: expected[candidate.expected], got: got[candidate.got])))
        }
        expected = expected.indices.filter { !usedLeft.contains($0) }.map { expected[$0] }
        got = got.indices.filter { !usedRight.contains($0) }.map { got[$0] }
        return pairs.sorted { $0.expected < $1.expected }.map(\.pair)
    }

    /// The labels two alerts have in common less those they do not, the name apart; equal sets are always alike.
    private static func likeness(_ left: LabelList, _ right: LabelList) -> Int {
        if left == right { return .max }
        let common = left.common(with: right).labels.count - 1
        let different = Swift.max(left.labels.count, right.labels.count) - 1 - common
        return common - different
    }
}
