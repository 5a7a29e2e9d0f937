import YAML
import Diagnostics
import Metrics
import PromQL

/// Windows of rates that hold fewer samples than a rate needs.
enum WindowCheck {
    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        subject.expressions.flatMap { expression in
            var findings: [Diagnostic] = []
            expression.tree.walk { node in
                guard case .call(let call) = node, call.function.needsTwoSamples,
                    let argument = call.arguments.first(where: { $0.type == .matrix })?.withoutParentheses,
                    let finding = finding(call.function, argument, expression, subject)
                else { return }
                findings.append(finding)
            }
            return findings
        }
    }

    private static func finding(
        _ function: Function,
        _ argument: Expression,
        _ expression: RuleExpression,
        _ subject: RuleUnderCheck
    ) -> Diagnostic? {
        switch argument {
        case .matrixSelector(let node):
            // The other extents look beyond the window for samples.
            guard node.selector.extent == .plain, let window = seconds(node.window) else { return nil }
            return finding(function, window: window, at: expression.text.range(of: node.range), subject)
        case .subquery(let node):
            guard let window = seconds(node.window), let step = node.step.flatMap(seconds), step > 0,
                window < 2 * step
            else { return nil }
            return subject.finding(
                .warning,
                "rules/short-window",
                "\(function.rawValue) needs two samples, and a window of \(text(window)) has not room for two steps of "
                    + text(step),
                at: expression.text.range(of: node.range),
                help: "take a window of \(text(4 * step)) or more"
            )
        default: return nil
        }
    }

    private static func finding(
        _ function: Function,
        window: Double,
        at range: Range<Int>,
        _ subject: RuleUnderCheck
    ) -> Diagnostic? {
        let known = subject.facts.scrapeInterval.flatMap { $0 > .zero ? $0 : nil }
        let interval = (known ?? RuleFacts.assumedScrapeInterval).seconds
        guard window > 0, window < 4 * interval else { return nil }
        let isTooShort = window < 2 * interval
        let origin = known == nil ? "the usual interval" : "an interval"
        let message =
            isTooShort
            ? "\(function.rawValue) needs two samples, and a window of \(text(window)) rarely holds two at \(origin) of "
                + text(interval)
            : "a window of \(text(window)) has no samples to spare when a scrape fails, at \(origin) of \(text(interval))"
        return subject.finding(
            isTooShort && known != nil ? .warning : .information,
            "rules/short-window",
            message,
            at: range,
            help: "take four scrape intervals or more, \(text(4 * interval))"
        )
    }

    /// The length in seconds; nil where it depends on the query.
    private static func seconds(_ duration: DurationExpression) -> Double? {
        let seconds = duration.seconds(step: .nan, range: .nan)
        return seconds.isFinite ? seconds : nil
    }

    private static func text(_ seconds: Double) -> String {
        let milliseconds = Int64(exactly: (seconds * 1_000).rounded()) ?? .max
        return Milliseconds(milliseconds).promQLText
    }
}

extension Function {
    /// Whether there is no result for a window of one sample.
    fileprivate var needsTwoSamples: Bool {
        switch self {
        case .rate, .increase, .irate, .delta, .idelta, .deriv, .predictLinear, .doubleExponentialSmoothing: true
        default: false
        }
    }
}
