/// Go's rules for comparing: values of the same kind only, and an int is no float.
enum Comparison {
    private enum Kind {
        case boolean, integer, float, text, none
    }

    private static func kind(_ value: TemplateValue) -> Kind {
        switch value {
        case .boolean: .boolean
        case .integer, .duration: .integer
        case .float: .float
        case .string, .markup: .text
        default: .none
        }
    }

    static func isEqualToAny(
        _ value: TemplateValue,
        _ others: ArraySlice<TemplateValue>,
        _ context: TemplateContext
    ) throws(TemplateFailure) -> Bool {
        guard !others.isEmpty else { throw TemplateFailure("missing argument for comparison") }
        for other in others where try isEqual(value, other, context) { return true }
        return false
    }

    private static func isEqual(
        _ left: TemplateValue,
        _ right: TemplateValue,
        _ context: TemplateContext
    ) throws(TemplateFailure) -> Bool {
        switch (left, right) {
        case (.nothing, .nothing): return true
        case (.boolean(let left), .boolean(let right)): return left == right
        case (.float(let left), .float(let right)): return left == right
        case (.time(let left), .time(let right)): return left == right
        case (.nothing, _), (_, .nothing): return false
        default: break
        }
        if let left = integer(left), let right = integer(right) { return left == right }
        if let left = left.text, let right = right.text { return left.utf8.elementsEqual(right.utf8) }
        guard kind(left) == .none, kind(right) == .none else {
            throw TemplateFailure("incompatible types for comparison")
        }
        var formatter = GoFormatter(context: context)
        formatter.printTop(left)
        throw TemplateFailure("non-comparable type \(formatter.text): \(left.typeName ?? "nil")")
    }

    static func isLess(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFailure) -> Bool {
        guard kind(left) != .none, kind(right) != .none else { throw TemplateFailure("invalid type for comparison") }
        switch (left, right) {
        case (.float(let left), .float(let right)): return left < right
        case (.boolean, .boolean): throw TemplateFailure("invalid type for comparison")
        default: break
        }
        if let left = integer(left), let right = integer(right) { return left < right }
        if let left = left.text, let right = right.text { return left.utf8.lexicographicallyPrecedes(right.utf8) }
        throw TemplateFailure("incompatible types for comparison")
    }

    private static func integer(_ value: TemplateValue) -> Int64? {
        switch value {
        case .integer(let number): number
        case .duration(let duration): duration.nanoseconds
        default: nil
        }
    }
}

/// `len`, `index` and `slice`.
enum Indexing {
    static func length(of value: TemplateValue) throws(TemplateFailure) -> Int {
        switch value {
        case .string(let text), .markup(let text): return text.utf8.count
        case .list(let list): return list.elements.count
        case .map(let map): return map.entries.count
        case .nothing: throw TemplateFailure("len of nil pointer")
        default: throw TemplateFailure("len of type \(value.typeName ?? "nil")")
        }
    }

    static func element(
        of value: TemplateValue,
        at indices: ArraySlice<TemplateValue>
    ) throws(TemplateFailure) -> TemplateValue {
        var value = value
        for index in indices {
            switch value {
            case .list(let list): value = list.elements[try place(index, below: list.elements.count)]
            case .string(let text), .markup(let text):
                let bytes = Array(text.utf8)
                value = .integer(Int64(bytes[try place(index, below: bytes.count)]))
            case .map(let map):
                guard let key = index.text else {
                    throw TemplateFailure("value has type \(index.typeName ?? "nil"); should be string")
                }
                value = map[key] ?? map.absent
            case .nothing: throw TemplateFailure("index of untyped nil")
            default: throw TemplateFailure("can't index item of type \(value.typeName ?? "nil")")
            }
        }
        return value
    }

    private static func place(_ index: TemplateValue, below count: Int) throws(TemplateFailure) -> Int {
        guard case .integer(let number) = index else {
            guard let type = index.typeName else { throw TemplateFailure("cannot index slice/array with nil") }
            throw TemplateFailure("cannot index slice/array with type \(type)")
        }
        guard number >= 0, number < Int64(count) else { throw TemplateFailure("index out of range: \(number)") }
        return Int(number)
    }

    static func slice(
        of value: TemplateValue,
        _ indices: ArraySlice<TemplateValue>
    ) throws(TemplateFailure) -> TemplateValue {
        guard indices.count <= 3 else { throw TemplateFailure("too many slice indexes: \(indices.count)") }
        switch value {
        case .string(let text), .markup(let text):
            guard indices.count < 3 else { throw TemplateFailure("cannot 3-index slice a string") }
            let bytes = Array(text.utf8)
            return .string(String(decoding: bytes[try bounds(indices, bytes.count)], as: UTF8.self))
        case .list(let list):
            return .list(TemplateList(Array(list.elements[try bounds(indices, list.elements.count)]), type: list.type))
        case .nothing: throw TemplateFailure("slice of untyped nil")
        default: throw TemplateFailure("can't slice item of type \(value.typeName ?? "nil")")
        }
    }

    private static func bounds(
        _ indices: ArraySlice<TemplateValue>,
        _ count: Int
    ) throws(TemplateFailure) -> Range<Int> {
        var places: [Int] = []
        for index in indices { places.append(try place(index, below: count + 1)) }
        for (lower, upper) in zip(places, places.dropFirst()) where lower > upper {
            throw TemplateFailure("invalid slice index: \(lower) > \(upper)")
        }
        return (places.first ?? 0)..<(places.count > 1 ? places[1] : count)
    }
}
