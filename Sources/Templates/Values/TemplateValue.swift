/// A value that templates see.
///
/// Go's templates work on Go's types, and how a value prints, compares and fails depends on them; each value here stands for
/// one Go type, or knows the name of the one it stands for.
public enum TemplateValue: Sendable {
    /// Go's nil, or what a missing key of a mixed map gives: prints as `<no value>`.
    case nothing
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case string(String)
    /// A string that HTML output takes as it is.
    case markup(String)
    case list(TemplateList)
    indirect case map(TemplateMap)
    case record(TemplateRecord)
    case time(TemplateTime)
    case duration(TemplateDuration)
}

/// A type of Go that values stand for: its name in messages, and its methods.
public final class TemplateType: Sendable {
    /// As Go prints it: `template.KV`. Begins with `*` for pointers.
    public let name: String
    /// Called with the value itself as the first argument.
    public let methods: [String: TemplateFunction]

    public init(_ name: String, methods: [String: TemplateFunction] = [:]) {
        self.name = name
        self.methods = methods
    }

    static let mixedList = TemplateType("[]interface {}")
    static let texts = TemplateType("[]string")
    static let textMap = TemplateType("map[string]string")
    static let mixedMap = TemplateType("map[string]interface {}")
}

public struct TemplateList: Sendable {
    public let elements: [TemplateValue]
    public let type: TemplateType

    public init(_ elements: [TemplateValue], type: TemplateType? = nil) {
        self.elements = elements
        self.type = type ?? .mixedList
    }

    public init(_ texts: [String]) {
        self.init(texts.map { .string($0) }, type: .texts)
    }
}

/// A map with texts as keys, in the order of their bytes, which is the order templates see.
public struct TemplateMap: Sendable {
    public let entries: [(key: String, value: TemplateValue)]
    public let type: TemplateType
    /// What a key that is not there gives: the zero of Go's type of values.
    public let absent: TemplateValue

    /// A map of values of any type.
    public init(_ entries: some Sequence<(key: String, value: TemplateValue)>, type: TemplateType? = nil) {
        self.init(entries, type: type ?? .mixedMap, absent: .nothing)
    }

    /// A map of texts, such as labels.
    public init(texts: some Sequence<(key: String, value: String)>, type: TemplateType? = nil) {
        let entries = texts.map { (key: $0.key, value: TemplateValue.string($0.value)) }
        self.init(entries, type: type ?? .textMap, absent: .string(""))
    }

    private init(
        _ entries: some Sequence<(key: String, value: TemplateValue)>,
        type: TemplateType,
        absent: TemplateValue
    ) {
        self.entries = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        self.type = type
        self.absent = absent
    }

    public subscript(key: String) -> TemplateValue? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key.utf8.lexicographicallyPrecedes(key.utf8) { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].key.utf8.elementsEqual(key.utf8) else { return nil }
        return entries[low].value
    }
}

/// A struct of Go: named fields in their order.
public struct TemplateRecord: Sendable {
    public let fields: [(name: String, value: TemplateValue)]
    public let type: TemplateType

    public init(_ fields: [(name: String, value: TemplateValue)], type: TemplateType) {
        self.fields = fields
        self.type = type
    }

    public subscript(name: String) -> TemplateValue? {
        fields.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}

extension TemplateValue {
    /// Go's name of the type; nil for no value.
    var typeName: String? {
        switch self {
        case .nothing: nil
        case .boolean: "bool"
        case .integer: "int"
        case .float: "float64"
        case .string: "string"
        case .markup: "template.HTML"
        case .list(let list): list.type.name
        case .map(let map): map.type.name
        case .record(let record): record.type.name
        case .time: "time.Time"
        case .duration: "time.Duration"
        }
    }

    /// What `if` and `and` take for true: anything but false, zero, and what is empty.
    var isTrue: Bool {
        switch self {
        case .nothing: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .string(let text), .markup(let text): !text.isEmpty
        case .list(let list): !list.elements.isEmpty
        case .map(let map): !map.entries.isEmpty
        case .duration(let duration): duration.nanoseconds != 0
        case .record, .time: true
        }
    }

    /// The text, where it is one.
    var text: String? {
        switch self {
        case .string(let text), .markup(let text): text
        default: nil
        }
    }

    /// What can stand behind a dot.
    var memberNames: [String] {
        guard case .record(let record) = self else { return methods.keys.sorted() }
        return record.fields.map(\.name) + methods.keys.sorted()
    }

    var methods: [String: TemplateFunction] {
        switch self {
        case .list(let list): list.type.methods
        case .map(let map): map.type.methods
        case .record(let record): record.type.methods
        case .time: TemplateTime.methods
        case .duration: TemplateDuration.methods
        default: [:]
        }
    }
}
