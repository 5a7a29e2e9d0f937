public import Metrics

/// Rules that are done one after the other, each to what the one before has left.
public struct RelabelRules: Hashable, Sendable {
    public let rules: [RelabelRule]

    public init(_ rules: [RelabelRule] = []) {
        self.rules = rules
    }

    public var isEmpty: Bool { rules.isEmpty }

    /// The labels that come out; nil where a rule drops them.
    ///
    /// - Complexity: allocates nothing as long as no rule changes anything.
    public func apply(to labels: Labels) -> Labels? {
        var untouched = 0
        let packed = labels.packedBytes
        let isDropped = unsafe packed.withUnsafeBufferPointer { packed in
            let look = unsafe PackedLook(packed: packed)
            while untouched < rules.count {
                switch look.verdict(of: rules[untouched]) {
                case .unchanged: untouched += 1
                case .dropped: return true
                case .changed: return false
                }
            }
            return false
        }
        if isDropped { return nil }
        if untouched == rules.count { return labels }
        var builder = LabelsBuilder(labels)
        return apply(rules[untouched...], to: &builder) ? builder.build() : nil
    }

    /// Does the rules to a set that is being built; false where a rule drops it.
    public func apply(to labels: inout LabelsBuilder) -> Bool {
        apply(rules[...], to: &labels)
    }

    private func apply(_ rules: ArraySlice<RelabelRule>, to labels: inout LabelsBuilder) -> Bool {
        for rule in rules {
            guard rule.apply(to: &labels) else { return false }
        }
        return true
    }
}
