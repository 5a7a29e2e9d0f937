extension Labels: CustomStringConvertible {
    /// The metric as PromQL writes it: `up{job="api"}`, `{"a.b", job="api"}`, or `{}`.
    public var description: String {
        let name = metricName ?? ""
        let plainName = !name.isEmpty && Labels.isPlainMetricName(name)
        var parts: [String] = []
        if !name.isEmpty && !plainName {
            parts.append(Labels.quoted(name))
        }
        for label in self where label.name != Labels.metricName {
            let key = Labels.isPlainLabelName(label.name) ? label.name : Labels.quoted(label.name)
            parts.append("\(key)=\(Labels.quoted(label.value))")
        }
        if parts.isEmpty { return plainName ? name : "{}" }
        return "\(plainName ? name : ""){\(parts.joined(separator: ", "))}"
    }

    /// The set with the name as one label among others: `{__name__="up", job="api"}`.
    public var plainDescription: String {
        let parts = map { label in
            let key = Labels.isPlainLabelName(label.name) ? label.name : Labels.quoted(label.name)
            return "\(key)=\(Labels.quoted(label.value))"
        }
        return "{\(parts.joined(separator: ", "))}"
    }

    /// Whether the name can stand in PromQL and in an exposition without quotes.
    public static func isPlainMetricName(_ name: String) -> Bool {
        isPlain(name) { $0 == UInt8(ascii: ":") }
    }

    /// Whether the name can stand before `=` without quotes.
    public static func isPlainLabelName(_ name: String) -> Bool {
        isPlain(name) { _ in false }
    }

    private static func isPlain(_ name: String, orElse extra: (UInt8) -> Bool) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: extra(byte)
            }
        }
    }

    /// The text in double quotes, escaped as Go's `strconv.Quote` does.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0B}": result += "\\v"
            case "\u{0C}": result += "\\f"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                result += "\\x" + hexadecimal(scalar.value, width: 2)
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x10000: result += "\\u" + hexadecimal(scalar.value, width: 4)
            default: result += "\\U" + hexadecimal(scalar.value, width: 8)
            }
        }
        return result + "\""
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func hexadecimal(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
    }
}
