public import Metrics
import YAML

/// A format that a target may be asked for, under the name it has in `scrape_protocols`.
public enum ScrapeProtocol: String, CaseIterable, Hashable, Sendable {
    case openMetrics1 = "OpenMetricsText1.0.0"
    case openMetrics0 = "OpenMetricsText0.0.1"
    case text1 = "PrometheusText1.0.0"
    case text0 = "PrometheusText0.0.4"

    /// What is asked for where nothing else is configured, best first.
    public static let standard: [ScrapeProtocol] = [.openMetrics1, .openMetrics0, .text1, .text0]

    /// How bodies in it are read.
    public var format: ExpositionFormat {
        switch self {
        case .openMetrics1, .openMetrics0: .openMetrics
        case .text1, .text0: .text
        }
    }
}

/// How targets that cannot speak of all names are to write those that are not plain words.
public enum NameEscaping: String, CaseIterable, Hashable, Sendable {
    case allowUTF8 = "allow-utf-8"
    case underscores
    case dots
    case values
}

extension Shape where Value == [ScrapeProtocol] {
    /// `scrape_protocols`: at least one, each once. The binary format is passed over as long as there is another.
    static var scrapeProtocols: Self {
        let names = ScrapeProtocol.allCases.map(\.rawValue)
        let expectation = "a list of " + names.joined(separator: ", ")
        return Shape(expectation) { node, problems in
            guard let words = Shape<[Placed<String>]>.list(of: Shape<String>.string.placed).decode(node, problems)
            else { return nil }
            var protocols: [ScrapeProtocol] = []
            var isSound = true
            for word in words where word.value != ScrapeProtocol.binary {
                guard let known = ScrapeProtocol(rawValue: word.value), !protocols.contains(known) else {
                    let isRepeated = ScrapeProtocol(rawValue: word.value) != nil
                    problems.error(
                        "yaml/bad-value",
                        isRepeated
                            ? "duplicated protocol '\(word.value)' in scrape_protocols"
                            : "unknown scrape protocol '\(word.value)'",
                        at: word.range,
                        help: "known here: \(names.joined(separator: ", "))"
                    )
                    isSound = false
                    continue
                }
                protocols.append(known)
            }
            if isSound, protocols.isEmpty {
                let onlyBinary = !words.isEmpty
                let isPassedOver = problems.refuse(
                    onlyBinary ? "config/unsupported" : "yaml/bad-value",
                    onlyBinary
                        ? "'PrometheusProto' alone is not supported by medic: it reads the text formats"
                        : "scrape_protocols cannot be empty",
                    at: node.headline,
                    help: "add one of \(names.joined(separator: ", "))"
                )
                return isPassedOver ? ScrapeProtocol.standard : nil
            }
            return isSound ? protocols : nil
        }
    }
}

extension ScrapeProtocol {
    /// Prometheus's name of the binary format.
    fileprivate static let binary = "PrometheusProto"
}
