public import Metrics

extension SeriesIndex {
    /// The series for which every matcher holds, in ascending order.
    ///
    /// A matcher that also holds for an empty value does not need the label: it takes away the series whose value it
    /// refuses, instead of demanding one that it accepts.
    public func select(_ matchers: [LabelMatcher]) -> [SeriesID] {
        guard let conditions = conditions(matchers) else { return [] }
        var candidates = startingSet(conditions)
        for condition in conditions where !candidates.isEmpty && !condition.isStart {
            candidates = narrow(candidates, by: condition)
        }
        return candidates.map(SeriesID.init(rawValue:))
    }

    /// The pairs a series must have one of, or must have none of.
    private struct Condition {
        var pairs: [UInt32]
        var isDemand: Bool
        /// Series that have one of the pairs.
        var count: Int
        /// Whether the selection begins with the series of these pairs.
        var isStart = false
    }

    /// Nil when no series can meet them. The smallest demand is marked as the start.
    private func conditions(_ matchers: [LabelMatcher]) -> [Condition]? {
        var result: [Condition] = []
        for matcher in matchers {
            let isDemand = !matcher.matches("")
            let chosen = pairs(of: matcher, matching: isDemand)
            let count = chosen.reduce(0) { $0 + Int(pairs.pairs[Int($1)].seriesCount) }
            if isDemand && count == 0 { return nil }
            if isDemand || count > 0 { result.append(Condition(pairs: chosen, isDemand: isDemand, count: count)) }
        }
        let start = result.indices.filter { result[$0].isDemand }.min { result[$0].count < result[$1].count }
        if let start { result[start].isStart = true }
        return result
    }

    /// The pairs of the matcher's name whose value it accepts, or those it refuses.
    private func pairs(of matcher: LabelMatcher, matching wanted: Bool) -> [UInt32] {
        let isNegated = matcher.operation == .notEqual || matcher.operation == .notMatches
        if wanted != isNegated, let values = literalValues(of: matcher) {
            // A value may be named twice: `a|a`.
            let found = values.compactMap { $0.isEmpty ? nil : pairs.number(ofName: matcher.name, value: $0) }
            return found.count < 2 ? found : Array(Set(found))
        }
        guard let name = pairs.number(ofName: matcher.name) else { return [] }
        let all = pairs.names[Int(name)].pairs
        if matcher.expression == nil && matcher.value.isEmpty { return wanted == isNegated ? all : [] }
        switch matcher.expression?.shape {
        case .anything, .something:
            // Every value is accepted by these, as none is empty.
            return wanted != isNegated ? all : []
        case .prefix(let prefix): return filter(all, prefix, extra: 0, wanted != isNegated)
        case .properPrefix(let prefix): return filter(all, prefix, extra: 1, wanted != isNegated)
        default: return all.filter { matcher.matches(pairs.value(of: $0)) == wanted }
        }
    }

    /// The values that an equality or an alternation of texts names.
    private func literalValues(of matcher: LabelMatcher) -> [String]? {
        guard let expression = matcher.expression else { return [matcher.value] }
        if case .oneOf(let texts) = expression.shape { return texts }
        return nil
    }

    private func filter(_ all: [UInt32], _ prefix: String, extra: Int, _ wanted: Bool) -> [UInt32] {
        let start = Array(prefix.utf8)
        return all.filter { pair in
            pairs.withValue(of: pair) { $0.count >= start.count + extra && $0.starts(with: start) } == wanted
        }
    }
}

// MARK: - Sets

extension SeriesIndex {
    private func startingSet(_ conditions: [Condition]) -> [UInt32] {
        guard let start = conditions.first(where: \.isStart) else { return allSeries() }
        return start.pairs.count == 1 ? pairs.series(of: start.pairs[0]) : union(start.pairs)
    }

    /// Every living series, ascending.
    func allSeries() -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(seriesCount)
        for (number, page) in pages.enumerated() {
            guard let page else { continue }
            for (place, record) in page.records.enumerated() where record.isAlive {
                result.append(UInt32(number) << SeriesPage.shift | UInt32(place))
            }
        }
        return result
    }

    /// Postings of one name do not overlap, so a bit for each number gathers them in order.
    private func union(_ chosen: [UInt32]) -> [UInt32] {
        var set = NumberSet(below: nextSeries)
        var count = 0
        for pair in chosen {
            for series in pairs.series(of: pair) { set.insert(series) }
            count += Int(pairs.pairs[Int(pair)].seriesCount)
        }
        return set.ascending(count: count)
    }

    private func narrow(_ candidates: [UInt32], by condition: Condition) -> [UInt32] {
        if condition.pairs.count == 1 && condition.count / 8 < candidates.count {
            let list = pairs.series(of: condition.pairs[0])
            return Self.merge(candidates, with: list, keepingCommon: condition.isDemand)
        }
        // Many pairs, or far more series than candidates: look at what each candidate has.
        var wanted = NumberSet(below: UInt32(pairs.pairs.count))
        for pair in condition.pairs { wanted.insert(pair) }
        return candidates.filter { series in
            pairNumbers(series).contains { wanted.contains($0) } == condition.isDemand
        }
    }

    /// Of the ascending candidates those that are in the other ascending list, or those that are not.
    private static func merge(_ candidates: [UInt32], with list: [UInt32], keepingCommon: Bool) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(keepingCommon ? Swift.min(candidates.count, list.count) : candidates.count)
        var place = 0
        for candidate in candidates {
            while place < list.count && list[place] < candidate { place += 1 }
            let isCommon = place < list.count && list[place] == candidate
            if isCommon == keepingCommon { result.append(candidate) }
        }
        return result
    }
}

/// A set of small numbers: a bit for each.
struct NumberSet {
    private var words: [UInt64]

    init(below limit: UInt32) {
        words = Array(repeating: 0, count: Int(limit) / 64 + 1)
    }

    mutating func insert(_ number: UInt32) { words[Int(number >> 6)] |= 1 << UInt64(number & 63) }

    func contains(_ number: UInt32) -> Bool { words[Int(number >> 6)] >> UInt64(number & 63) & 1 == 1 }

    func ascending(count: Int) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                result.append(UInt32(index) << 6 | UInt32(rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return result
    }
}
