import RegularExpressions
public import YAML

/// Which units' states, restarts and resources become series.
public struct SystemdCollectorSettings: Sendable, Hashable {
    public var basics = CollectorBasics()
    /// Names of units that are taken, as a regular expression for the whole name.
    public var include = ".+"
    /// Names that are not, of those: as node_exporter has it.
    public var exclude = #".+\.(automount|device|mount|scope|slice|target)"#
    /// More units than this are counted, and have no series of their own.
    public var maxUnits = 5_000

    public init() {}

    public static var shape: Shape<SystemdCollectorSettings> {
        .structure("what is collected of systemd") { fields in
            var settings = SystemdCollectorSettings()
            settings.basics = CollectorBasics.read(&fields)
            settings.include = fields.value("include", .wholePattern, default: settings.include)
            settings.exclude = fields.value("exclude", .wholePattern, default: settings.exclude)
            settings.maxUnits = fields.value("max_units", .integer(in: 1...100_000), default: settings.maxUnits)
            return settings
        }
    }
}

extension Shape where Value == String {
    /// A regular expression for a whole text; kept as it is written.
    static var wholePattern: Shape<String> { pattern(anchored: true) }

    /// A regular expression for a part of a text.
    static var partPattern: Shape<String> { pattern(anchored: false) }

    private static func pattern(anchored: Bool) -> Shape<String> {
        Shape<String>("a regular expression") { node, problems in
            guard let source = Shape<String>.string.decode(node, problems) else { return nil }
            do throws(PatternError) {
                _ = try Pattern(source, anchored: anchored)
                return source
            } catch {
                problems.error("yaml/bad-value", "not a regular expression: \(error.reason)", at: node.headline)
                return nil
            }
        }
    }
}
