internal import Metrics

extension TemplateFunctions {
    /// What Alertmanager gives to the templates of notifications, and Go's own.
    public static let alertmanager = builtin.adding([
        "toUpper": text(Casing.upper),
        "toLower": text(Casing.lower),
        "title": text(Casing.properTitle),
        "trimSpace": text(trimmed),
        "match": match,
        "reReplaceAll": replaceAll,
        "safeHtml": markup,
        "safeUrl": markup,
        "urlUnescape": TemplateFunction(.text) { arguments, _ throws(TemplateFailure) in
            let text = arguments[0].text ?? ""
            guard let plain = Escaping.unescapedQuery(text) else {
                throw TemplateFailure("invalid URL escape in \(Quoting.quoted(text))")
            }
            return .string(plain)
        },
        "join": TemplateFunction(.text, .texts) { arguments, context throws(TemplateFailure) in
            guard case .list(let list) = arguments[1] else { return .string("") }
            let texts = list.elements.compactMap(\.text)
            let separator = arguments[0].text ?? ""
            let length = texts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count }
            let limit = context.limits.output
            guard length <= limit + separator.utf8.count else {
                throw TemplateFailure("the result is longer than \(limit) bytes")
            }
            return .string(texts.joined(separator: separator))
        },
        "stringSlice": TemplateFunction(rest: .text) { arguments, _ in
            .list(TemplateList(arguments.map { $0.text ?? "" }))
        },
        "date": TemplateFunction(.text, .time) { arguments, _ in
            guard case .time(let time) = arguments[1] else { return .nothing }
            return .string(time.formatted(arguments[0].text ?? ""))
        },
        "tz": TemplateFunction(.text, .time) { arguments, context throws(TemplateFailure) in
            guard case .time(let time) = arguments[1] else { return .nothing }
            let name = arguments[0].text ?? ""
            guard let zone = context.timeZone(name, time) else { throw TemplateFailure("unknown time zone \(name)") }
            return .time(time.shown(in: zone))
        },
        "since": TemplateFunction(.time) { arguments, context in
            guard case .time(let time) = arguments[0] else { return .nothing }
            return .duration(TemplateTime(milliseconds: context.now.rawValue).since(time))
        },
        "humanizeDuration": humanizer { number in Humanizing.duration(number) },
        "toJson": TemplateFunction(.any) { arguments, context throws(TemplateFailure) in
            var writer = JSONWriter(limit: context.limits.output)
            try writer.write(arguments[0])
            return .string(writer.text)
        },
    ])

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let front = scalars.drop { $0.properties.isWhitespace }
        let back = front.reversed().drop { $0.properties.isWhitespace }
        return String(String.UnicodeScalarView(back.reversed()))
    }
}

/// JSON as Go's encoder writes it: keys sorted, and what means something in HTML escaped.
struct JSONWriter {
    private let limit: Int
    private(set) var text = ""
    private var depth = 0

    private static let depthMax = 100

    init(limit: Int) {
        self.limit = limit
    }

    mutating func write(_ value: TemplateValue) throws(TemplateFailure) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw TemplateFailure("values nested deeper than \(Self.depthMax) levels") }
        guard text.utf8.count <= limit else { throw TemplateFailure("the result is longer than \(limit) bytes") }
        switch value {
        case .nothing: text += "null"
        case .boolean(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .float(let number): try write(number)
        case .string(let string), .markup(let string): write(string)
        case .time(let time): write(time.formatted("2006-01-02T15:04:05.999999999Z07:00"))
        case .duration(let duration): text += String(duration.nanoseconds)
        case .list(let list): try write(list)
        case .map(let map): try write(map.entries)
        case .record(let record):
            // Alertmanager's own types have the names of their fields with a small first letter.
            try write(
                record.fields.map { (key: $0.name.prefix(1).lowercased() + $0.name.dropFirst(), value: $0.value) }
            )
        }
    }

    private mutating func write(_ number: Double) throws(TemplateFailure) {
        guard number.isFinite else { throw TemplateFailure("json: unsupported value: \(Number.general(number))") }
        text += Number.answer(number)
    }

    private mutating func write(_ list: TemplateList) throws(TemplateFailure) {
        text += "["
        for (index, element) in list.elements.enumerated() {
            if index > 0 { text += "," }
            try write(element)
        }
        text += "]"
    }

    private mutating func write(_ entries: [(key: String, value: TemplateValue)]) throws(TemplateFailure) {
        text += "{"
        for (index, entry) in entries.enumerated() {
            if index > 0 { text += "," }
            write(entry.key)
            text += ":"
            try write(entry.value)
        }
        text += "}"
    }

    private mutating func write(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case _ where scalar.value < 0x20 || "<>&\u{2028}\u{2029}".unicodeScalars.contains(scalar):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
