public import Metrics

extension SeriesIndex {
    /// The names of the labels that the selected series have, sorted; of all series when nothing is asked for.
    public func labelNames(matching matchers: [LabelMatcher]) -> [String] {
        var names: [String]
        if matchers.isEmpty {
            names = pairs.names.filter { !$0.pairs.isEmpty }.map(\.text)
        } else {
            var found = NumberSet(below: UInt32(pairs.names.count))
            for series in select(matchers) {
                for pair in pairNumbers(series.rawValue) { found.insert(pairs.pairs[Int(pair)].name) }
            }
            names = found.ascending(count: 16).map { pairs.names[Int($0)].text }
        }
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return names
    }

    /// The values that a label has among the selected series, sorted; among all series when nothing is asked for.
    public func labelValues(of name: String, matching matchers: [LabelMatcher]) -> [String] {
        guard let number = pairs.number(ofName: name) else { return [] }
        var values: [String]
        if matchers.isEmpty {
            values = pairs.names[Int(number)].pairs.map { pairs.value(of: $0) }
        } else {
            var found = NumberSet(below: UInt32(pairs.pairs.count))
            for series in select(matchers) {
                for pair in pairNumbers(series.rawValue) where pairs.pairs[Int(pair)].name == number {
                    found.insert(pair)
                }
            }
            values = found.ascending(count: 16).map { pairs.value(of: $0) }
        }
        values.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return values
    }
}
