import Metrics
import Storage

/// How the series of two sides find each other in an arithmetic or comparison operator.
///
/// One side is the "one" side, of which at most one series may have a signature at a step; the other is the "many" side,
/// even where each of its series has a signature of its own.
final class MatchPlan {
    /// Stands for a series that is missing and filled in.
    static let missing: Int32 = -1

    struct Pair {
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
    // For the words of errors.
    let manyLabels: [Labels]
    let oneLabels: [Labels]

    init(_ many: Shape, _ one: Shape, _ rule: MatchRule, _ index: borrowing SeriesIndex) {
        let grouping = Grouping([many.table, one.table], by: rule.choice, index)
        (self.many, self.one) = (grouping.numbers[0], grouping.numbers[1])
        signatureCount = grouping.count
        let ones = Self.rowsBySignature(self.one, signatureCount)
        let matched = self.many.filter { !ones[Int($0)].isEmpty }
        let isOneUnique = ones.allSatisfy { $0.count <= 1 }
        let isManyUnique = Set(matched).count == matched.count
        let canBeSimple = isOneUnique && !rule.fills && (isManyUnique || !rule.isOneToOne)

        manyLabels = many.table.labels(index)
        oneLabels = one.table.labels(index)
        var table = LabelRows()
        var pairs: [Pair] = []
        var rows: [UInt64: Int32] = [:]
        for (place, signature) in self.many.enumerated() {
            for partner in ones[Int(signature)] {
                let pair = Pair(many: Int32(place), one: partner)
                rows[Self.key(pair)] = table.row(of: rule.labels(manyLabels[place], oneLabels[Int(partner)]))
                pairs.append(pair)
            }
        }
        isSimple = canBeSimple && table.labels.count == pairs.count
        if isSimple {
            self.pairs = pairs
        } else {
            Self.addFilled(rule, manyLabels, oneLabels, &table, &rows)
        }
        self.rows = rows
        shape = Shape(LabelTable(table.labels), naming: rule.returnsBool ? .dropped : .kept)
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

    private static func rowsBySignature(_ signatures: [Int32], _ count: Int) -> [[Int32]] {
        var rows = [[Int32]](repeating: [], count: count)
        for (row, signature) in signatures.enumerated() { rows[Int(signature)].append(Int32(row)) }
        return rows
    }
}

/// What an operator demands of its two sides.
struct MatchRule {
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
