public import Metrics

/// Which metrics somebody reads: `storage: {keep: referenced}` keeps no others of what is scraped.
public struct MetricDemand: Hashable, Sendable {
    /// What every medic says of itself: one that watches another is about these.
    private static let own = Array("medic_".utf8)

    /// As bytes: names are told apart by what is written.
    private var names: Set<[UInt8]> = []
    /// What may be a metric, since a text mentions it.
    private var words: Set<[UInt8]> = []
    /// What selectors say that leave the name open.
    private var patterns: Set<[LabelMatcher]> = []

    public init() {}

    /// How many metrics expressions name.
    public var nameCount: Int { names.count }

    /// How many selectors leave the name open, such as by a pattern.
    public var patternCount: Int { patterns.count }

    public mutating func add(_ name: String) {
        names.insert(Array(name.utf8))
    }

    /// Takes what a selector says.
    public mutating func add(_ matchers: [LabelMatcher]) {
        let named = matchers.first { $0.operation == .equal && $0.name.utf8.elementsEqual(Labels.metricName.utf8) }
        if let named, !named.value.isEmpty { return add(named.value) }
        patterns.insert(matchers)
    }

    /// Takes every word of a text for a metric that may be meant. Words that are none match nothing, and nothing that is read in a template or in
    /// the part of an expression that is filled in later is missed.
    public mutating func add(wordsOf text: String) {
        var word: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
                word.append(byte)
            default:
                note(word)
                word.removeAll(keepingCapacity: true)
            }
        }
        note(word)
    }

    private mutating func note(_ word: [UInt8]) {
        guard let first = word.first, first > UInt8(ascii: "9") else { return }
        words.insert(word)
        // In YAML a colon may end a key: `alert:` means the word before it.
        if word.last == UInt8(ascii: ":") { words.insert(Array(word.dropLast())) }
    }

    /// Whether somebody reads the series.
    public func wants(_ labels: Labels) -> Bool {
        if let name = labels.metricName.map({ Array($0.utf8) }) {
            if names.contains(name) || words.contains(name) || name.starts(with: Self.own) { return true }
        }
        return patterns.contains { matchers in matchers.allSatisfy { $0.matches(labels) } }
    }
}
