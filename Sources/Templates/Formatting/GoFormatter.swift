internal import Metrics

/// Go's `Sprintf`, `Sprint` and `Sprintln` over template values.
///
/// Stops writing beyond the limit of output, so that no width or nesting of values can make a text without bound.
struct GoFormatter {
    /// What stands between `%` and the verb.
    struct Flags {
        var plus = false
        var minus = false
        var sharp = false
        var space = false
        var zero = false
        var width: Int?
        var precision: Int?
    }

    let context: TemplateContext
    var flags = Flags()
    // While an error is written: no methods are called then.
    var isReporting = false
    // Whether what a pointer points to is printed, rather than that it is one.
    var followsPointers = false
    private var bytes: [UInt8] = []
    private var depth = 0

    // Values nest as deep as templates build them with `args`.
    private static let depthMax = 100

    init(context: TemplateContext) {
        self.context = context
    }

    /// May end in the middle where the limit was reached; it is then longer than the limit, so that callers notice.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    var isFull: Bool { bytes.count > context.limits.output }

    mutating func write(_ text: String) {
        if !isFull { bytes += text.utf8 }
    }

    mutating func write(repeating byte: UInt8, count: Int) {
        if !isFull, count > 0 { bytes += repeatElement(byte, count: min(count, context.limits.output + 1)) }
    }

    /// With a blank between values of which neither is a text.
    mutating func print(_ values: [TemplateValue]) {
        var formerIsText = true
        for (index, value) in values.enumerated() {
            let isText = value.text != nil
            if index > 0, !isText, !formerIsText { write(" ") }
            print(value, "v")
            formerIsText = isText
        }
    }

    /// With a blank between all values, and a line break after them.
    mutating func printLine(_ values: [TemplateValue]) {
        for (index, value) in values.enumerated() {
            if index > 0 { write(" ") }
            print(value, "v")
        }
        write("\n")
    }

    /// A value as an action prints it.
    mutating func printTop(_ value: TemplateValue) {
        followsPointers = true
        print(value, "v")
    }

    // MARK: Values

    mutating func print(_ value: TemplateValue, _ verb: Character) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax, !isFull else { return }
        if verb == "T" {
            pad(value.typeName ?? "<nil>")
            return
        }
        switch value {
        case .nothing: verb == "v" ? pad("<nil>") : reportVerb(value, verb)
        case .boolean(let flag): verb == "v" || verb == "t" ? pad(flag ? "true" : "false") : reportVerb(value, verb)
        case .integer(let number): printInteger(number, verb, value)
        case .float(let number): printFloat(number, verb, value)
        case .string(let text), .markup(let text): printText(text, verb, value)
        case .time(let time):
            if isTextVerb(verb) { printText(time.description, verb, value) } else { reportVerb(value, verb) }
        case .duration(let duration):
            if isTextVerb(verb), !isReporting {
                printText(duration.description, verb, value)
            } else {
                printInteger(duration.nanoseconds, verb, value)
            }
        case .list(let list):
            guard printByMethod(value, verb) == false else { return }
            printList(list, verb)
        case .map(let map):
            guard printByMethod(value, verb) == false else { return }
            printMap(map, verb)
        case .record(let record):
            guard printByMethod(value, verb) == false else { return }
            if record.type.name.hasPrefix("*"), depth > 1 || !followsPointers { write("&") }
            printFields(record, verb)
        }
    }

    private func isTextVerb(_ verb: Character) -> Bool { "vsxXq".contains(verb) }

    /// Types with a method `String` print by it.
    private mutating func printByMethod(_ value: TemplateValue, _ verb: Character) -> Bool {
        guard isTextVerb(verb), !isReporting, !flags.sharp, let method = value.methods["String"],
            case .call(let body) = method.action, let text = try? body([value], context).text
        else { return false }
        printText(text, verb, value)
        return true
    }

    private mutating func printList(_ list: TemplateList, _ verb: Character) {
        write("[")
        for (index, element) in list.elements.enumerated() {
            if index > 0 { write(" ") }
            print(element, verb)
        }
        write("]")
    }

    private mutating func printMap(_ map: TemplateMap, _ verb: Character) {
        write("map[")
        for (index, entry) in map.entries.enumerated() {
            if index > 0 { write(" ") }
            print(.string(entry.key), verb)
            write(":")
            print(entry.value, verb)
        }
        write("]")
    }

    private mutating func printFields(_ record: TemplateRecord, _ verb: Character) {
        let isNamed = verb == "v" && flags.plus
        write("{")
        for (index, field) in record.fields.enumerated() {
            if index > 0 { write(" ") }
            if isNamed { write(field.name + ":") }
            print(field.value, verb)
        }
        write("}")
    }

    /// `%!d(string=x)`: the verb does not fit the value.
    mutating func reportVerb(_ value: TemplateValue, _ verb: Character) {
        let outer = isReporting
        isReporting = true
        write("%!\(verb)(")
        if let type = value.typeName {
            write(type + "=")
            print(value, "v")
        } else {
            write("<nil>")
        }
        write(")")
        isReporting = outer
    }

    // MARK: Padding

    /// Fills a text up to the width, in characters.
    mutating func pad(_ text: String) {
        guard let width = flags.width else {
            write(text)
            return
        }
        let filling = width - text.unicodeScalars.count
        if flags.minus {
            write(text)
            write(repeating: UInt8(ascii: " "), count: filling)
        } else {
            write(repeating: UInt8(ascii: flags.zero ? "0" : " "), count: filling)
            write(text)
        }
    }
}
