import RegularExpressions

/// Which devices, mount points or types are left out: those in whose name the pattern is found, as node_exporter's options have it.
struct DeviceFilter: Sendable {
    private let exclude: Pattern?

    init(excluding pattern: String) throws(PatternError) {
        exclude = pattern.isEmpty ? nil : try Pattern(pattern, anchored: false)
    }

    func takes(_ name: String) -> Bool {
        guard let exclude else { return true }
        return !exclude.matches(name)
    }
}
