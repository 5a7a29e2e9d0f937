public import Metrics

extension LabelMatcher {
    /// Whether it holds for nearly every alert: for all that lack the label, or for any value of it.
    public var isWide: Bool {
        switch operation {
        case .equal: matches("")
        case .notEqual, .notMatches: true
        // Values that nobody has thought of.
        case .matches: matches("") || matches("\u{10FFFF} 0-_./:") && matches("Zz9")
        }
    }
}
