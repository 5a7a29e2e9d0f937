/// The entries of a mapping with known keys, asked for one by one. What is asked for is known; the rest is a mistake.
public struct Fields {
    public let node: YAMLNode
    public let problems: Problems
    private let mapping: YAMLMapping
    private var known: [String] = []
    // Told at the end: a key misspelled is one mistake, not a missing key and an unknown one.
    private var missing: [(key: String, expectation: String)] = []
    /// Whether all that was asked for so far could be read.
    public private(set) var isSound = true

    init(_ node: YAMLNode, _ mapping: YAMLMapping, _ problems: Problems) {
        self.node = node
        self.mapping = mapping
        self.problems = problems
    }

    /// The value of a key; nil, and a problem, when it is missing, empty or wrong.
    public mutating func required<Value>(_ key: String, _ shape: Shape<Value>) -> Value? {
        known.append(key)
        guard let entry = mapping.entry(for: key) else {
            missing.append((key, shape.expectation))
            isSound = false
            return nil
        }
        guard !entry.value.isNull else {
            refuse("yaml/missing-key", "'\(key)' is empty: expected \(shape.expectation)", at: entry.keyRange)
            return nil
        }
        return note(shape.decode(entry.value, problems))
    }

    /// The value of a key; nil when it is not there or empty, or, with a problem, when it is wrong.
    public mutating func optional<Value>(_ key: String, _ shape: Shape<Value>) -> Value? {
        known.append(key)
        guard let value = mapping[key], !value.isNull else { return nil }
        return note(shape.decode(value, problems))
    }

    /// The value of a key, or what holds without it.
    public mutating func value<Value>(_ key: String, _ shape: Shape<Value>, default absent: Value) -> Value {
        optional(key, shape) ?? absent
    }

    /// The key with its value as it stands, or nil when it is not there. Counts as asked for.
    public mutating func entry(_ key: String) -> YAMLMapping.Entry? {
        known.append(key)
        return mapping.entry(for: key)
    }

    /// The one of several keys that is there. None or more than one is a problem.
    public mutating func exactlyOne(of keys: [String]) -> String? {
        known += keys
        let present = keys.compactMap { key in mapping.entry(for: key).flatMap { $0.value.isNull ? nil : $0 } }
        let names = keys.map { "'\($0)'" }.joined(separator: " or ")
        if present.isEmpty {
            refuse("yaml/missing-key", "one of \(names) is missing", at: node.headline)
        }
        for extra in present.dropFirst() {
            refuse("yaml/conflict", "only one of \(names) can be given", at: extra.keyRange)
        }
        return present.count == 1 ? present[0].key : nil
    }

    /// A key that has a meaning elsewhere but not here: told by name rather than as unknown.
    public mutating func unsupported(_ key: String, because reason: String) {
        known.append(key)
        guard let entry = mapping.entry(for: key) else { return }
        refuse("yaml/unsupported", "'\(key)' is not supported: \(reason)", at: entry.keyRange)
    }

    /// Tells of something wrong in this mapping that its single values do not show, at a key if one is to blame.
    public mutating func refuse(_ code: String, _ message: String, at key: String, help: String? = nil) {
        refuse(code, message, at: mapping.entry(for: key)?.keyRange ?? node.headline, help: help)
    }

    public mutating func refuse(_ code: String, _ message: String, at range: Range<Int>, help: String? = nil) {
        if !problems.refuse(code, message, at: range, help: help) { isSound = false }
    }

    /// All keys of the mapping as they were written.
    public var keys: [String] { mapping.entries.map(\.key) }

    /// Tells of the keys that nobody asked for, and of those that were asked for in vain.
    mutating func finish() {
        let asked = known.enumerated().filter { !known.prefix($0.offset).contains($0.element) }.map(\.element)
        let suspects = problems.toleratesUnknownKeys ? [] : mapping.entries
        for entry in suspects where !asked.contains(where: { $0.utf8.elementsEqual(entry.key.utf8) }) {
            let free = asked.filter { mapping.entry(for: $0) == nil }
            let near = nearest(to: entry.key, among: free) ?? nearest(to: entry.key, among: asked)
            let help = near.map { "did you mean '\($0)'?" } ?? "known here: \(asked.joined(separator: ", "))"
            refuse("yaml/unknown-key", "unknown key \(quoted(entry.key))", at: entry.keyRange, help: help)
            missing.removeAll { $0.key == near }
        }
        for (key, expectation) in missing {
            refuse("yaml/missing-key", "the key '\(key)' is missing: \(expectation)", at: node.headline)
        }
    }

    private mutating func note<Value>(_ value: Value?) -> Value? {
        if value == nil { isSound = false }
        return value
    }
}
