import YAML
import Diagnostics
import PromQL

/// Quantiles of histograms whose buckets have lost `le`, the bound that makes them buckets.
enum BoundCheck {
    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        subject.expressions.flatMap { expression in
            var findings: [Diagnostic] = []
            expression.tree.walk { node in
                guard case .call(let call) = node, call.function.readsBounds,
                    let buckets = call.arguments.first(where: { $0.type == .vector }),
                    !OutputLabels(of: buckets).mayHave("le")
                else { return }
                // A native histogram has its bounds inside and needs no label.
                let isClassic = buckets.selectorUses.contains { use in
                    use.selector.metricName?.utf8.reversed().starts(with: "_bucket".utf8.reversed()) ?? false
                }
                findings.append(
                    subject.finding(
                        isClassic ? .warning : .information,
                        "promql/histogram-without-le",
                        "\(call.function.rawValue) needs the label le, which its argument never has",
                        at: expression.text.range(of: buckets.range),
                        help: isClassic ? "keep le, as in by (le, ...)" : "only a native histogram does without"
                    )
                )
            }
            return findings
        }
    }
}

extension Function {
    fileprivate var readsBounds: Bool {
        self == .histogramQuantile || self == .histogramFraction || self == .histogramQuantiles
    }
}
