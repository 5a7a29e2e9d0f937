/// What a scalar means, by the rules that Go's YAML libraries apply to Prometheus's files.
public enum YAMLValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
}

extension YAMLNode {
    /// The meaning of a scalar; nil for a sequence or a mapping.
    ///
    /// Quoted and block scalars are strings, and so is a timestamp. A tag such as `!!str` decides where one is written.
    public var value: YAMLValue? {
        guard let scalar else { return nil }
        switch tag {
        case nil:
            return scalar.style == .plain ? YAMLValue(plain: scalar.text) : .string(scalar.text)
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null":
            return YAMLValue(plain: scalar.text)
        default:
            return .string(scalar.text)
        }
    }
}

extension YAMLValue {
    /// Reads a text as if it stood in a file without quotes.
    public init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .boolean(true)
        case "false", "False", "FALSE": self = .boolean(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": self = .float(-.infinity)
        case ".nan", ".NaN", ".NAN": self = .float(.nan)
        default:
            self =
                Self.integer(text).map(YAMLValue.integer) ?? Self.float(text).map(YAMLValue.float) ?? .string(text)
        }
    }

    /// The words of YAML 1.1, which count where a yes or no is expected and nowhere else.
    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON": true
        case "false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF": false
        default: nil
        }
    }

    /// `12`, `-0x1f`, `0b101`, `0o17`, `017`; underscores may separate digits.
    private static func integer(_ text: String) -> Int? {
        guard let first = text.utf8.first, isSign(first) || isDigit(first) else { return nil }
        var digits = Substring(text.filter { $0 != "_" })
        let sign = digits.utf8.first.map(isSign) == true ? String(digits.removeFirst()) : ""
        let radix: Int
        switch digits.prefix(2).lowercased() {
        case "0x": (radix, digits) = (16, digits.dropFirst(2))
        case "0o": (radix, digits) = (8, digits.dropFirst(2))
        case "0b": (radix, digits) = (2, digits.dropFirst(2))
        case let prefix where prefix.utf8.count == 2 && prefix.utf8.first == UInt8(ascii: "0"):
            (radix, digits) = (8, digits.dropFirst())
        default: radix = 10
        }
        guard digits.utf8.first.map(isSign) == false else { return nil }
        return Int(sign + digits, radix: radix)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, which is narrower than what the standard library reads.
    private static func float(_ text: String) -> Double? {
        guard text.utf8.first != UInt8(ascii: "_") else { return nil }
        var rest = Array(text.utf8.filter { $0 != UInt8(ascii: "_") })[...]
        if rest.first.map(isSign) == true { rest.removeFirst() }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            let fraction = rest.prefix(while: isDigit)
            guard !whole.isEmpty || !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(fraction.count)
        } else if whole.isEmpty {
            return nil
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first.map(isSign) == true { rest.removeFirst() }
            guard rest.first.map(isDigit) == true else { return nil }
            rest = rest.drop(while: isDigit)
        }
        guard rest.isEmpty else { return nil }
        return Double(text.filter { $0 != "_" })
    }

    private static func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
