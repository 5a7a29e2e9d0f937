import Metrics
import Storage

/// How the series of two sides find each other in an arithmetic or comparison operator.
///
/// One side is the "one" side, of which at most one series may have a signature at a step; the other is the "many" side,
/// even where each of its series has a signature of its own.
final class MatchPlan {
    /// Stands for a series that is missing and filled in.
    static let missing: Int32 = -1

    struct Pair: Sendable {
        var many: Int32
        var one: Int32
    }

    /// The signature of each row.
    let many: [Int32]
    let one: [Int32]
    let signatureCount: Int
    /// Whether no step can have two series of one signature where only one may be: the pairs are all there is to know.
    let isSimple: Bool
    /// The pair of each row of the answer, when simple.
    private(set) var pairs: [Pair] = []
    let shape: Shape
    /// The row of the answer for every pair of rows that may meet.
    private var rows: [UInt64: Int32] = [:]
    init(_ many: Shape, _ one: Shape, _ rule: MatchRule, _ index: borrowing SeriesIndex) {
        let grouping = Grouping([many.table, one.table], by: rule.choice, index)
        let (manyNumbers, oneNumbers) = (grouping.numbers[0], grouping.numbers[1])
        (self.many, self.one) = (manyNumbers, oneNumbers)
        signatureCount = grouping.count
        let pairs = Self.pairs(manyNumbers, oneNumbers, grouping.count)
        let naming: Naming = rule.returnsBool ? .dropped : .kept
        let (manyTable, oneTable) = (many.table, one.table)
        let mayBeSimple =
            !rule.fills && Self.areUnique(oneNumbers, grouping.count)
            && (!rule.isOneToOne || Self.areUnique(pairs.map { manyNumbers[Int($0.many)] }, grouping.count))
        if mayBeSimple && rule.answersWithSignature {
            // The labels are those by which the pairs were matched, so they differ because the signatures do.
            isSimple = true
            self.pairs = pairs
            let table = LabelTable(count: pairs.count, .distinctWithoutNames) { row, index in
                let pair = pairs[row]
                return rule.labels(
                    manyTable.labels(of: Int(pair.many), index),
                    oneTable.labels(of: Int(pair.one), index)
                )
            }
            shape = Shape(table, naming: naming)
            return
        }
        var table = LabelRows()
        var rows: [UInt64: Int32] = [:]
        for pair in pairs {
            let labels = rule.labels(
                manyTable.labels(of: Int(pair.many), index),
                oneTable.labels(of: Int(pair.one), index)
            )
            rows[Self.key(pair)] = table.row(of: labels)
        }
        isSimple = mayBeSimple && table.labels.count == pairs.count
        if isSimple {
            self.pairs = pairs
        } else {
            Self.addFilled(rule, manyTable.labels(index), oneTable.labels(index), &table, &rows)
            self.rows = rows
        }
        shape = Shape(LabelTable(table.labels, .distinct), naming: naming)
    }

    /// All pairs of rows that have the same signature, in the order of the many side.
    private static func pairs(_ many: [Int32], _ one: [Int32], _ count: Int) -> [Pair] {
        // The rows of the one side, signature after signature.
        var starts = [Int](repeating: 0, count: count + 1)
        for signature in one { starts[Int(signature) + 1] += 1 }
        for signature in 0..<count { starts[signature + 1] += starts[signature] }
        var next = starts
        var ones = [Int32](repeating: 0, count: one.count)
        for (row, signature) in one.enumerated() {
            ones[next[Int(signature)]] = Int32(row)
            next[Int(signature)] += 1
        }
        var pairs: [Pair] = []
        pairs.reserveCapacity(many.count)
        for (row, signature) in many.enumerated() {
            for place in starts[Int(signature)]..<starts[Int(signature) + 1] {
                pairs.append(Pair(many: Int32(row), one: ones[place]))
            }
        }
        return pairs
    }

    private static func areUnique(_ signatures: [Int32], _ count: Int) -> Bool {
        var seen = [Bool](repeating: false, count: count)
        for signature in signatures {
            if seen[Int(signature)] { return false }
            seen[Int(signature)] = true
        }
        return true
    }

    /// The rows of answers in which one side is filled in.
    private static func addFilled(
        _ rule: MatchRule,
        _ manyLabels: [Labels],
        _ oneLabels: [Labels],
        _ table: inout LabelRows,
        _ rows: inout [UInt64: Int32]
    ) {
        if rule.fillOne != nil {
            for (place, labels) in manyLabels.enumerated() {
                let row = table.row(of: rule.labels(labels, rule.choice.apply(labels)))
                rows[key(Pair(many: Int32(place), one: missing))] = row
            }
        }
        if rule.fillMany != nil {
            for (place, labels) in oneLabels.enumerated() {
                let row = table.row(of: rule.labels(rule.choice.apply(labels), labels))
                rows[key(Pair(many: missing, one: Int32(place)))] = row
            }
        }
    }

    func row(_ pair: Pair) -> Int? { rows[Self.key(pair)].map(Int.init) }

    private static func key(_ pair: Pair) -> UInt64 {
        UInt64(UInt32(bitPattern: pair.many)) << 32 | UInt64(UInt32(bitPattern: pair.one))
    }
}

/// What an operator demands of its two sides.
struct MatchRule: Sendable {
    let choice: LabelChoice
    let isOneToOne: Bool
    /// `group_right`: the left side is the one side.
    let isSwapped: Bool
    let include: [String]
    /// What stands for a missing series of the many side, and of the one side.
    let fillMany: Double?
    let fillOne: Double?
    let returnsBool: Bool
    private let dropsName: Bool

    init(_ node: BinaryOperation, _ matching: VectorMatching) {
        choice = matching.isOn ? .keeping(matching.labels) : .removing(matching.labels)
        isOneToOne = matching.cardinality == .oneToOne
        isSwapped = matching.cardinality == .oneToMany
        include = matching.include
        fillMany = isSwapped ? matching.fillRight : matching.fillLeft
        fillOne = isSwapped ? matching.fillLeft : matching.fillRight
        returnsBool = node.returnsBool
        dropsName = !node.operation.isComparison
        matched = matching.isOn ? .keeping(matching.labels) : .removing(matching.labels)
    }

    private let matched: LabelProjection

    /// Whether an answer has just the labels by which its two sides were matched.
    var answersWithSignature: Bool { isOneToOne && dropsName && include.isEmpty }

    var fills: Bool { fillMany != nil || fillOne != nil }

    /// The labels of an answer.
    func labels(_ many: Labels, _ one: Labels) -> Labels {
        var labels = dropsName ? many.withoutName : many
        if isOneToOne { labels = matched.apply(labels) }
        if include.isEmpty { return labels }
        var builder = LabelsBuilder(labels)
        for name in include { builder.set(name, one[name] ?? "") }
        return builder.build()
    }
}
