import RegularExpressions
public import YAML

/// Which lines of the journal are counted.
public struct JournalCollectorSettings: Sendable, Hashable {
    /// Lines that are counted by themselves.
    public struct LinePattern: Sendable, Hashable {
        /// The value of the label `pattern`.
        public var name: String
        /// Found anywhere in the message.
        public var regex: String
        /// Names of units whose lines are looked at, as a regular expression for the whole name; nil: all.
        public var unit: String?

        public init(name: String, regex: String, unit: String? = nil) {
            self.name = name
            self.regex = regex
            self.unit = unit
        }
    }

    public var basics = CollectorBasics()
    /// Names of units whose lines are counted, as a regular expression for the whole name.
    public var include = ".+"
    /// Names that are not, of those.
    public var exclude = ""
    /// Units beyond this count as one, named `other`.
    public var maxUnits = 500
    public var patterns: [LinePattern] = []

    static let patternsMax = 100

    public init() {}

    public static var shape: Shape<JournalCollectorSettings> {
        .structure("what is counted in the journal") { fields in
            var settings = JournalCollectorSettings()
            settings.basics = CollectorBasics.read(&fields)
            settings.include = fields.value("include", .wholePattern, default: settings.include)
            settings.exclude = fields.value("exclude", .wholePattern, default: settings.exclude)
            settings.maxUnits = fields.value("max_units", .integer(in: 1...10_000), default: settings.maxUnits)
            settings.patterns = fields.value("patterns", .list(of: linePattern), default: [])
            if settings.patterns.count > patternsMax {
                fields.refuse("yaml/bad-value", "more than \(patternsMax) patterns", at: "patterns")
            }
            let names = settings.patterns.map(\.name)
            for (place, name) in names.enumerated() where names[..<place].contains(name) {
                fields.refuse("yaml/bad-value", "two patterns are named '\(name)'", at: "patterns")
            }
            return settings
        }
    }

    private static var linePattern: Shape<LinePattern> {
        .structure("a pattern of lines") { fields in
            let name = fields.required("name", .nonEmptyString)
            let regex = fields.required("regex", .partPattern)
            let unit = fields.optional("unit", .wholePattern)
            guard let name, let regex else { return nil }
            return LinePattern(name: name, regex: regex, unit: unit)
        }
    }
}
