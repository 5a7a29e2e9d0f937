public import Metrics
import RegularExpressions
public import YAML

extension Shape where Value == [LabelMatcher] {
    /// The entries of `matchers`: a list of texts, each with one matcher or several.
    public static var matchers: Shape<[LabelMatcher]> {
        let texts = Shape<[Placed<String>]>.list(of: Shape<String>.string.placed)
        return Shape(texts.expectation) { node, problems in
            guard let texts = texts.decode(node, problems) else { return nil }
            var matchers: [LabelMatcher] = []
            var isSound = true
            for text in texts {
                do throws(MatcherError) {
                    let parsed = try MatcherList.parse(text.value)
                    matchers += parsed.matchers
                    warn(parsed.reading, text, parsed.matchers, problems)
                } catch {
                    isSound = false
                    problems.error(
                        "config/bad-matcher",
                        "\(Labels.quoted(text.value)) is no matcher: \(error.message)",
                        at: text.range,
                        help: "expected a label, one of = != =~ !~ and a value: severity=\"page\""
                    )
                }
            }
            return isSound ? matchers : nil
        }
    }

    private static func warn(
        _ reading: MatcherList.Reading,
        _ text: Placed<String>,
        _ matchers: [LabelMatcher],
        _ problems: Problems
    ) {
        guard reading != .agreed else { return }
        let written = matchers.map(\.matcherText).joined(separator: ",")
        problems.warning(
            "config/old-matcher",
            "this matcher is read by the rules of Alertmanager before 0.27, which later versions drop",
            at: text.range,
            help: "write \(written)"
        )
    }

    /// The entries of `match`: names and the values they must have.
    static var equalities: Shape<[LabelMatcher]> { old(.equal) }

    /// The entries of `match_re`: names and expressions for their whole values.
    static var expressions: Shape<[LabelMatcher]> { old(.matches) }

    private static func old(_ operation: LabelMatcher.Operation) -> Shape<[LabelMatcher]> {
        let pairs = Shape<[YAMLPair<Placed<String>>]>.map(of: Shape<String>.string.placed)
        return Shape(pairs.expectation) { node, problems in
            guard let pairs = pairs.decode(node, problems) else { return nil }
            let matchers = pairs.compactMap { pair -> LabelMatcher? in
                guard Labels.isPlainLabelName(pair.key.value) else {
                    problems.error(
                        "config/bad-matcher",
                        "invalid label name \(Labels.quoted(pair.key.value))",
                        at: pair.key.range,
                        help: "names with other characters can stand in 'matchers', in quotes"
                    )
                    return nil
                }
                // Group keys show the expression with its anchors, as Alertmanager's do.
                let value = operation == .equal ? pair.value.value : "^(?:\(pair.value.value))$"
                do throws(PatternError) {
                    return try LabelMatcher(pair.key.value, operation, value)
                } catch {
                    problems.error("config/bad-matcher", error.goReason, at: pair.value.range)
                    return nil
                }
            }
            return matchers.count == pairs.count ? matchers : nil
        }
    }
}
