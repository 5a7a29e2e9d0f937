public import Diagnostics
import Metrics

/// Everything that can be said of a query without data: what keeps it from being read, or else what is likely a mistake.
public func checkExpression(_ source: SourceText, options: ParseOptions = .all) -> [Diagnostic] {
    do throws(ParseError) {
        return try parse(source.text, options: options).remarks(in: source)
    } catch {
        return error.diagnostics(in: source)
    }
}

extension Expression {
    /// What is allowed but likely not meant, in the order of the text. The ranges are those of the query in `source`,
    /// which begins there at `offset`.
    public func remarks(in source: SourceText, at offset: Int = 0) -> [Diagnostic] {
        var check = ExpressionCheck()
        walk { check.visit($0) }
        return check.remarks.map { remark in
            Diagnostic(
                remark.severity,
                code: "promql/" + remark.code,
                message: remark.message,
                range: remark.range.lowerBound + offset..<remark.range.upperBound + offset,
                help: remark.help,
                source: source
            )
        }
        .inFileOrder()
    }
}

/// Looks at one expression after the other for what is likely a mistake.
private struct ExpressionCheck {
    struct Remark {
        let severity: Diagnostic.Severity
        let code: String
        let message: String
        let range: Range<Int>
        let help: String?
    }

    private(set) var remarks: [Remark] = []

    /// More than anybody reads, few enough that a hostile query costs little.
    private static let remarksMax = 100

    mutating func visit(_ expression: Expression) {
        switch expression {
        case .call(let node): visit(node)
        case .aggregation(let node): visit(node)
        case .vectorSelector(let node): visit(node)
        default: break
        }
    }

    private mutating func remark(
        _ severity: Diagnostic.Severity,
        _ code: String,
        _ message: String,
        _ range: Range<Int>,
        help: String? = nil
    ) {
        guard remarks.count < Self.remarksMax else { return }
        remarks.append(Remark(severity: severity, code: code, message: message, range: range, help: help))
    }

    // MARK: Counters and gauges

    private mutating func visit(_ call: Call) {
        switch call.function {
        case .rate, .increase, .irate, .resets: checkCounter(call)
        case .delta, .idelta, .deriv, .predictLinear: checkGauge(call)
        case .histogramQuantile: checkHistogram(call)
        case .quantileOverTime: checkQuantile(call.arguments.first)
        default: break
        }
    }

    private mutating func checkCounter(_ call: Call) {
        guard let argument = call.arguments.first?.withoutParentheses else { return }
        let function = call.function.rawValue
        switch argument {
        case .matrixSelector(let node):
            guard let name = node.selector.metricName, !CounterNames.matches(name) else { return }
            let endings = CounterNames.endings.joined(separator: "/")
            remark(
                .information,
                "rate-of-gauge",
                "metric might not be a counter, name does not end in \(endings): \(Quoting.text(name))",
                node.selector.range,
                help: "for a gauge take delta() or deriv()"
            )
        case .subquery(let node):
            guard case .aggregation(let inner) = node.expression.withoutParentheses, inner.operation.mixesSeries else {
                return
            }
            let message =
                "\(function) of \(inner.operation.rawValue) takes a restart of one series for a restart of all"
            let help = "take the \(function) first: \(inner.operation.rawValue)(\(function)(...))"
            remark(.warning, "rate-of-aggregation", message, inner.range, help: help)
        default: break
        }
    }

    private mutating func checkGauge(_ call: Call) {
        guard case .matrixSelector(let node)? = call.arguments.first?.withoutParentheses,
            let name = node.selector.metricName, name.utf8.reversed().starts(with: "_total".utf8.reversed())
        else { return }
        let function = call.function.rawValue
        let message = "\(function) of a counter is wrong whenever the counter restarts: \(Quoting.text(name))"
        let help = call.function == .predictLinear || call.function == .deriv ? nil : "take increase() or rate()"
        remark(.warning, "gauge-function-of-counter", message, node.selector.range, help: help)
    }

    // MARK: Histograms and quantiles

    private mutating func checkHistogram(_ call: Call) {
        checkQuantile(call.arguments.first)
        guard case .aggregation(let node)? = call.arguments.last?.withoutParentheses else { return }
        let names = node.grouping.contains { $0.utf8.elementsEqual("le".utf8) }
        // Only sums of buckets are certain to be meant for the classic form; a native histogram has no `le`.
        let isOfBuckets = node.expression.selectorUses.contains { use in
            use.selector.metricName?.utf8.reversed().starts(with: "_bucket".utf8.reversed()) ?? false
        }
        guard names == node.isWithout, isOfBuckets else { return }
        let message = "histogram_quantile needs the label le, which \(node.operation.rawValue) takes away"
        remark(.warning, "histogram-without-le", message, node.range, help: "write by (le, ...)")
    }

    private mutating func visit(_ node: Aggregation) {
        if node.operation == .quantile { checkQuantile(node.parameter) }
    }

    private mutating func checkQuantile(_ parameter: Expression?) {
        guard case .number(let literal)? = parameter?.withoutParentheses, !(0...1).contains(literal.value) else {
            return
        }
        let message = "quantile value should be between 0 and 1, got \(Number.plain(literal.value))"
        let isPercent = literal.value > 1 && literal.value <= 100
        let help = isPercent ? "did you mean \(Number.plain(literal.value / 100))?" : nil
        remark(.warning, "quantile-range", message, literal.range, help: help)
    }

    // MARK: Selectors

    private mutating func visit(_ node: VectorSelector) {
        for matcher in node.matchers {
            guard case .oneOf(let texts)? = matcher.expression?.shape, texts.count == 1 else { continue }
            let operation = matcher.operation == .matches ? "=" : "!="
            let message = "regular expression \(Quoting.text(matcher.value)) matches only itself"
            remark(.information, "needless-regex", message, node.range, help: "write \(matcher.name)\(operation)")
        }
    }
}

private enum CounterNames {
    static let endings = ["_total", "_sum", "_count", "_bucket"]

    // Under these the node exporter shows counters of the kernel by the kernel's own names.
    private static let kernelPrefixes = ["node_vmstat_oom", "node_vmstat_pg", "node_vmstat_psw"]

    static func matches(_ name: String) -> Bool {
        kernelPrefixes.contains { name.utf8.starts(with: $0.utf8) } || hasEnding(name)
    }

    private static func hasEnding(_ name: String) -> Bool {
        endings.contains { name.utf8.reversed().starts(with: $0.utf8.reversed()) }
    }
}

extension AggregationOperator {
    /// Whether a result comes from several series together.
    fileprivate var mixesSeries: Bool {
        switch self {
        case .sum, .avg, .min, .max, .count, .stddev, .stdvar, .quantile: true
        case .group, .countValues, .topk, .bottomk, .limitk, .limitRatio: false
        }
    }
}
