import Configuration
import HTTPClient
import Metrics
import Relabelling

/// The names of labels that say how a target is scraped.
enum TargetLabels {
    static let address = "__address__"
    static let scheme = "__scheme__"
    static let metricsPath = "__metrics_path__"
    static let interval = "__scrape_interval__"
    static let timeout = "__scrape_timeout__"
    static let parameterPrefix = "__param_"
    static let metaPrefix = "__meta_"
    static let reservedPrefix = "__"
    static let job = "job"
    static let instance = "instance"
}

/// A target as it is scraped: what discovery and relabelling have made of it.
struct ScrapeTarget: Hashable, Sendable {
    /// Before relabelling, with what the job adds.
    let discovered: Labels
    /// The labels of its series.
    let labels: Labels
    let interval: Milliseconds
    let timeout: Milliseconds
    let scheme: String
    let address: String
    /// Path and query.
    let resource: String

    /// What tells one target from another: two that agree in it are one, however they were found.
    struct Key: Hashable, Sendable {
        let labels: Labels
        let url: String
    }

    var key: Key { Key(labels: labels, url: url) }

    /// What became of a set of labels.
    enum Outcome {
        case target(ScrapeTarget)
        /// Relabelling dropped it.
        case dropped(Labels)
        /// It cannot be a target, and why.
        case refused(String)
    }

    /// Makes a target of what discovery has found, as Prometheus 3 does.
    static func make(from found: Labels, _ settings: ScrapeSettings) -> Outcome {
        var builder = LabelsBuilder(found)
        let standards = [
            (TargetLabels.job, settings.job), (TargetLabels.interval, settings.interval.promQLText),
            (TargetLabels.timeout, settings.timeout.promQLText), (TargetLabels.metricsPath, settings.metricsPath),
            (TargetLabels.scheme, settings.scheme),
        ]
        for (name, value) in standards where builder[name] == nil { builder.set(name, value) }
        for parameter in settings.parameters {
            guard let first = parameter.values.first else { continue }
            builder.set(TargetLabels.parameterPrefix + parameter.name, first)
        }
        let discovered = builder.build()
        guard settings.targetRelabelling.apply(to: &builder) else { return .dropped(discovered) }
        do {
            return .target(try ScrapeTarget(discovered, &builder, settings))
        } catch {
            return .refused(error.reason)
        }
    }

    private struct Refusal: Error {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    private init(_ discovered: Labels, _ builder: inout LabelsBuilder, _ settings: ScrapeSettings) throws(Refusal) {
        guard let address = builder[TargetLabels.address] else { throw Refusal("no address") }
        guard TargetAddress.isValid(address) else { throw Refusal("\(Labels.quoted(address)) is not a valid hostname") }
        scheme = builder[TargetLabels.scheme] ?? "http"
        guard scheme == "http" || scheme == "https" else { throw Refusal("invalid scheme: \(Labels.quoted(scheme))") }
        interval = try Self.span(builder[TargetLabels.interval] ?? "", "interval")
        timeout = try Self.span(builder[TargetLabels.timeout] ?? "", "timeout")
        guard timeout <= interval else {
            let (long, short) = (Labels.quoted(timeout.promQLText), Labels.quoted(interval.promQLText))
            throw Refusal("scrape timeout cannot be greater than scrape interval (\(long) > \(short))")
        }
        builder.keep { !$0.name.hasPrefix(TargetLabels.metaPrefix) }
        if builder[TargetLabels.instance] == nil { builder.set(TargetLabels.instance, address) }
        self.address = address
        self.discovered = discovered
        resource = Self.resource(builder, settings)
        builder.keep { !$0.name.hasPrefix(TargetLabels.reservedPrefix) }
        labels = builder.build()
    }

    private static func span(_ text: String, _ what: String) throws(Refusal) -> Milliseconds {
        let span: Milliseconds
        do throws(DurationError) {
            span = try Milliseconds(promQL: text)
        } catch {
            throw Refusal("error parsing scrape \(what): \(error)")
        }
        guard span > .zero else { throw Refusal("scrape \(what) cannot be 0") }
        return span
    }

    // MARK: The address as a URL

    /// As it is shown: `http://host:9100/metrics`.
    var url: String { "\(scheme)://\(address)\(resource)" }

    /// As it is asked for; a target at a socket is asked as the host it is on.
    var requestURL: String { unixSocket == nil ? url : "\(scheme)://localhost\(resource)" }

    /// The path of the socket, for a target at `unix:/path`.
    var unixSocket: String? { TargetAddress.unixSocket(in: address) }

    private static func resource(_ labels: LabelsBuilder, _ settings: ScrapeSettings) -> String {
        var parameters = settings.parameters
        for label in labels.labels where label.name.hasPrefix(TargetLabels.parameterPrefix) {
            let name = String(label.name.dropFirst(TargetLabels.parameterPrefix.count))
            if let place = parameters.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
                let rest = parameters[place].values.dropFirst()
                parameters[place] = .init(name: name, values: [label.value] + rest)
            } else {
                parameters.append(.init(name: name, values: [label.value]))
            }
        }
        parameters.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let query = FormEncoding.encoded(
            parameters.flatMap { parameter in parameter.values.map { (parameter.name, $0) } }
        )
        return escapedPath(labels[TargetLabels.metricsPath] ?? "") + (query.isEmpty ? "" : "?\(query)")
    }

    /// What must be escaped in a path, is; as Go does it.
    private static func escapedPath(_ path: String) -> String {
        let plain = "-_.~$&+,/:;=@".utf8
        var result = path.utf8.first == UInt8(ascii: "/") || path.isEmpty ? "" : "/"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case _ where plain.contains(byte): result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }

    /// A number that is the same for this target in every run of the program: where in the interval its scrapes lie.
    var spread: UInt64 {
        var hash = FNV1a()
        hash.add(labels.description)
        hash.add(url)
        return hash.value
    }
}

/// The hash that spreads scrape times: FNV-1a with 64 bits. Any other would do, as long as it never changes.
struct FNV1a {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}
