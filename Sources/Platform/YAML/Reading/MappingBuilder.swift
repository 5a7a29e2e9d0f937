internal import Diagnostics

/// Gathers the entries of a mapping: finds keys that stand twice and brings in what merge keys name.
struct MappingBuilder {
    private let problems: Problems
    private var entries: [YAMLMapping.Entry] = []
    private var places: [ByteText: Range<Int>] = [:]
    private var merges: [YAMLNode] = []

    init(problems: Problems) {
        self.problems = problems
    }

    /// How many entries were written out, merged ones not counted.
    var count: Int { entries.count }

    mutating func add(_ key: YAMLNode, _ value: YAMLNode) {
        guard let scalar = key.scalar else {
            problems.error(
                "yaml/key",
                "a key must be a single value, not \(key.kindInWords)",
                at: key.headline,
                help: "quote a text that begins with '{' or '['"
            )
            return
        }
        let range = key.alias ?? key.range
        if scalar.style == .plain, key.tag == nil, scalar.text == "<<" {
            addMerge(of: value)
        } else if let former = places[ByteText(scalar.text)] {
            problems.error(
                "yaml/duplicate-key",
                "the key '\(scalar.text)' stands twice in the same mapping",
                at: range,
                help: "the first is at \(problems.place(of: former.lowerBound))"
            )
        } else {
            places[ByteText(scalar.text)] = range
            entries.append(.init(key: scalar.text, keyRange: range, value: value, isMerged: false))
        }
    }

    private mutating func addMerge(of value: YAMLNode) {
        for node in value.sequence ?? [value] {
            if node.mapping != nil {
                merges.append(node)
            } else {
                problems.error(
                    "yaml/merge",
                    "'<<' takes a mapping or a list of mappings, not \(node.kindInWords)",
                    at: node.alias ?? node.headline,
                    help: "for example '<<: *defaults'"
                )
            }
        }
    }

    /// What is written wins over what is merged, an earlier merge over a later one.
    mutating func finish() -> YAMLMapping {
        for merge in merges {
            for entry in merge.mapping?.entries ?? [] where places[ByteText(entry.key)] == nil {
                places[ByteText(entry.key)] = entry.keyRange
                entries.append(.init(key: entry.key, keyRange: entry.keyRange, value: entry.value, isMerged: true))
            }
        }
        return YAMLMapping(entries: entries)
    }
}
