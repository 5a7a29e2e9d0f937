import Metrics
import RegularExpressions
import Storage

/// `label_replace` and `label_join`: the same values under other labels.
final class RelabelNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private let change: LabelChange
    private var renamed = Derived<RelabelPlan>()
    private let buffer = Buffer<Double>()

    init(_ child: any Node, _ change: LabelChange, range: Range<Int>) {
        children = [child]
        self.change = change
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        guard let shape = try children[0].prepare(index) else { return nil }
        return try plan(shape, index).shape
    }

    private func plan(_ shape: Shape, _ index: borrowing SeriesIndex) throws(QueryError) -> RelabelPlan {
        try renamed.value(for: [shape], index) { index throws(QueryError) in RelabelPlan(shape, change, index) }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let input = try children[0].evaluate(steps, run)
        let plan: RelabelPlan
        if let known = renamed.value, renamed.isOf([input.shape]) {
            plan = known
        } else {
            plan = try run.store.readIndex { index throws(QueryError) in try self.plan(input.shape, index) }
        }
        guard plan.merges else {
            var block = input
            block.shape = plan.shape
            return block
        }
        return try merge(input, plan, steps)
    }

    /// Rows that have the same labels now become one, as long as no two of them have a value at the same step.
    private func merge(_ input: Block, _ plan: RelabelPlan, _ steps: Steps) throws(QueryError) -> Block {
        let values = buffer.cells(plan.shape.count * steps.count, filledWith: MarkerNaN.absent)
        let block = Block(
            shape: plan.shape,
            steps: steps.count,
            values: values,
            order: input.order.map { $0.map { plan.rows[Int($0)] } }
        )
        for row in 0..<input.rows {
            let target = Int(plan.rows[row])
            for step in 0..<steps.count where !input[row, step].isAbsent {
                guard block[target, step].isAbsent else { throw .evaluation(.duplicateLabelset) }
                block[target, step] = input[row, step]
            }
        }
        return block
    }
}

/// What rows become when their labels change.
struct RelabelPlan {
    let shape: Shape
    /// The new row of each old one.
    let rows: [Int32]
    let merges: Bool

    init(_ input: Shape, _ change: LabelChange, _ index: borrowing SeriesIndex) {
        var table = LabelRows()
        var dropped: [Bool] = []
        var rows: [Int32] = []
        for place in 0..<input.count {
            let (changed, givesName) = change.apply(input.table.labels(of: place, index))
            let row = table.row(of: changed)
            rows.append(row)
            if row == dropped.count { dropped.append(input.naming.isDropped(place) && !givesName) }
        }
        shape = Shape(LabelTable(table.labels, .distinct), naming: Naming(dropped))
        self.rows = rows
        merges = table.labels.count < rows.count
    }
}

/// How one label of a set comes from others.
enum LabelChange {
    case replace(label: String, with: [TemplatePart], source: String, pattern: Pattern)
    case join(label: String, separator: String, sources: [String])

    /// A piece of a replacement: a text, or what a group matched.
    enum TemplatePart: Equatable {
        case text(String)
        /// Zero is the whole match.
        case group(Int)
    }

    /// The changed labels, and whether they have been given a name on purpose.
    func apply(_ labels: Labels) -> (labels: Labels, givesName: Bool) {
        switch self {
        case .replace(let label, let template, let source, let pattern):
            let value = labels[source] ?? ""
            guard let match = pattern.firstMatch(in: value) else { return (labels, false) }
            var builder = LabelsBuilder(labels)
            builder.set(label, Self.expand(template, value, match))
            return (builder.build(), label == Labels.metricName)
        case .join(let label, let separator, let sources):
            var builder = LabelsBuilder(labels)
            builder.set(label, sources.map { labels[$0] ?? "" }.joined(separator: separator))
            return (builder.build(), label == Labels.metricName)
        }
    }

    private static func expand(_ template: [TemplatePart], _ value: String, _ match: Pattern.Match) -> String {
        let bytes = Array(value.utf8)
        var result: [UInt8] = []
        for part in template {
            switch part {
            case .text(let text): result += text.utf8
            case .group(0): result += bytes[match.range]
            case .group(let number):
                if number <= match.groups.count, let range = match.groups[number - 1] { result += bytes[range] }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Reads `$1`, `$name`, `${1}`, `${name}` and `$$` as Go's regular expressions do: a name without braces is as long
    /// as it can be, and one that is no group stands for nothing.
    static func template(_ text: String, _ pattern: Pattern) -> [TemplatePart] {
        var parts: [TemplatePart] = []
        var literal: [UInt8] = []
        let bytes = Array(text.utf8)
        var place = 0
        func finishLiteral() {
            if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
            literal = []
        }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "$"), place + 1 < bytes.count else {
                literal.append(bytes[place])
                place += 1
                continue
            }
            if bytes[place + 1] == UInt8(ascii: "$") {
                literal.append(UInt8(ascii: "$"))
                place += 2
            } else if let (name, end) = reference(bytes, after: place + 1) {
                finishLiteral()
                if let group = group(name, pattern) { parts.append(.group(group)) }
                place = end
            } else {
                literal.append(UInt8(ascii: "$"))
                place += 1
            }
        }
        finishLiteral()
        return parts
    }

    private static func reference(_ bytes: [UInt8], after start: Int) -> (name: String, end: Int)? {
        let isBraced = bytes[start] == UInt8(ascii: "{")
        let rest = String(decoding: bytes[(isBraced ? start + 1 : start)...], as: UTF8.self)
        let name = rest.unicodeScalars.prefix {
            $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType == .decimal
        }
        let length = String(name).utf8.count
        guard length > 0 else { return nil }
        let end = start + (isBraced ? 1 : 0) + length
        guard isBraced else { return (String(name), end) }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return nil }
        return (String(name), end + 1)
    }

    private static func group(_ name: String, _ pattern: Pattern) -> Int? {
        if name.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(name) {
            // As in Go a number with a zero in front is a name.
            return number <= pattern.groupCount && (number == 0 || !name.hasPrefix("0")) ? number : nil
        }
        return pattern.groupNames.firstIndex { $0?.utf8.elementsEqual(name.utf8) ?? false }.map { $0 + 1 }
    }
}
