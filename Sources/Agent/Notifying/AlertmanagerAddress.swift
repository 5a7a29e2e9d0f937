import Configuration
import Metrics
import Relabelling

/// Where an Alertmanager takes alerts.
struct AlertmanagerAddress: Sendable {
    let url: String

    private static let address = "__address__"
    private static let scheme = "__scheme__"
    private static let path = "__alerts_path__"

    /// The addresses of what was found for a source, with whether relabelling took them out.
    static func all(
        of found: [Labels],
        _ source: ForwardingSettings.Source
    ) -> [(address: AlertmanagerAddress, isDropped: Bool)] {
        found.map { target in
            var builder = LabelsBuilder(target)
            if builder[scheme] == nil { builder.set(scheme, source.scheme) }
            if builder[path] == nil { builder.set(path, source.pathPrefix + "/api/v2/alerts") }
            let labels = builder.build()
            guard let made = source.relabelling.apply(to: labels), made[address] != nil else {
                return (AlertmanagerAddress(labels), true)
            }
            return (AlertmanagerAddress(made), false)
        }
    }

    private init(_ labels: Labels) {
        let scheme = labels[Self.scheme] ?? "http"
        let host = labels[Self.address] ?? ""
        // Digits behind the last colon, unless the colon is inside the brackets of an IPv6 address.
        let port = host.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        let hasPort = host.contains(":") && !port.isEmpty && port.allSatisfy { $0.isASCII && $0.isNumber }
        url = "\(scheme)://\(host)\(hasPort ? "" : scheme == "https" ? ":443" : ":80")\(labels[Self.path] ?? "")"
    }
}
