/// The rules about names, types and help, one function each.
enum LintRules {
    static func check(_ family: LintedFamily) -> [MetricsLint.Finding] {
        let rules = [help, unit, counter, reservedNames, typeInName, reservedCharacters, camelCase, abbreviations]
        return rules.flatMap { $0(family) }
    }

    private static func finding(_ family: LintedFamily, _ text: String, line: Int? = nil) -> MetricsLint.Finding {
        MetricsLint.Finding(metric: family.name, text: text, line: line ?? family.line)
    }

    private static func help(_ family: LintedFamily) -> [MetricsLint.Finding] {
        family.hasHelp ? [] : [finding(family, "no help text")]
    }

    private static func unit(_ family: LintedFamily) -> [MetricsLint.Finding] {
        for part in family.name.split(separator: "_", omittingEmptySubsequences: false) {
            guard let base = baseUnit(of: part) else { continue }
            return base == part ? [] : [finding(family, "use base unit \"\(base)\" instead of \"\(part)\"")]
        }
        return []
    }

    /// The base unit of a known unit with or without a known prefix; nil for any other word.
    private static func baseUnit(of word: Substring) -> String? {
        for prefix in [""] + prefixes where word.hasPrefix(prefix) {
            if let base = units[String(word.dropFirst(prefix.count))] { return base }
        }
        return nil
    }

    private static func counter(_ family: LintedFamily) -> [MetricsLint.Finding] {
        switch (family.kind, family.name.hasSuffix("_total")) {
        case (.counter, false): [finding(family, "counter metrics should have \"_total\" suffix")]
        case (.counter, true), (.untyped, _), (nil, _), (_, false): []
        case (_, true): [finding(family, "non-counter metrics should not have \"_total\" suffix")]
        }
    }

    private static func reservedNames(_ family: LintedFamily) -> [MetricsLint.Finding] {
        guard let kind = family.kind, kind != .untyped else { return [] }
        var findings: [MetricsLint.Finding] = []
        if kind != .histogram && family.name.hasSuffix("_bucket") {
            findings.append(finding(family, "non-histogram metrics should not have \"_bucket\" suffix"))
        }
        for suffix in ["_count", "_sum"] where kind != .histogram && kind != .summary && family.name.hasSuffix(suffix) {
            findings.append(
                finding(family, "non-histogram and non-summary metrics should not have \"\(suffix)\" suffix")
            )
        }
        for metric in family.metrics {
            for label in metric.labels {
                if label == "le" && kind != .histogram {
                    let text = "non-histogram metrics should not have \"le\" label"
                    findings.append(finding(family, text, line: metric.line))
                }
                if label == "quantile" && kind != .summary {
                    let text = "non-summary metrics should not have \"quantile\" label"
                    findings.append(finding(family, text, line: metric.line))
                }
            }
        }
        return findings
    }

    private static func typeInName(_ family: LintedFamily) -> [MetricsLint.Finding] {
        let name = family.name.lowercased()
        return ["counter", "gauge", "summary", "histogram", "gauge_histogram"].filter { hasPart($0, name) }
            .map { finding(family, "metric name should not include type '\($0)'") }
    }

    private static func reservedCharacters(_ family: LintedFamily) -> [MetricsLint.Finding] {
        family.name.contains(":") ? [finding(family, "metric names should not contain ':'")] : []
    }

    private static func camelCase(_ family: LintedFamily) -> [MetricsLint.Finding] {
        let text = "should be written in 'snake_case' not 'camelCase'"
        var findings: [MetricsLint.Finding] = []
        if isCamelCase(family.name) { findings.append(finding(family, "metric names \(text)")) }
        for metric in family.metrics {
            for label in metric.labels where isCamelCase(label) {
                findings.append(finding(family, "label names \(text)", line: metric.line))
            }
        }
        return findings
    }

    private static func abbreviations(_ family: LintedFamily) -> [MetricsLint.Finding] {
        let name = family.name.lowercased()
        return abbreviatedUnits.filter { hasPart($0, name) }
            .map { _ in finding(family, "metric names should not contain abbreviated units") }
    }

    private static func hasPart(_ part: String, _ name: String) -> Bool {
        name.contains("_\(part)_") || name.hasSuffix("_\(part)")
    }

    private static func isCamelCase(_ name: String) -> Bool {
        zip(name.utf8, name.utf8.dropFirst()).contains { left, right in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(left)
                && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(right)
        }
    }

    private static let units = [
        "amperes": "amperes", "bytes": "bytes", "celsius": "celsius", "grams": "grams", "joules": "joules",
        "kelvin": "kelvin", "meters": "meters", "metres": "metres", "seconds": "seconds", "volts": "volts",
        "minutes": "seconds", "hours": "seconds", "days": "seconds", "weeks": "seconds", "kelvins": "kelvin",
        "fahrenheit": "celsius", "rankine": "celsius", "inches": "meters", "yards": "meters", "miles": "meters",
        "bits": "bytes", "calories": "joules", "pounds": "grams", "ounces": "grams",
    ]

    private static let prefixes = [
        "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mibi", "giga",
        "gibi", "tera", "tebi", "peta", "pebi",
    ]

    private static let abbreviatedUnits = [
        "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d",
    ]
}
