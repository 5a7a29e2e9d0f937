import Glibc
import HTTPSettings
import Secrets

/// The proxy for a request; empty for none.
struct ProxyChoice: Hashable {
    var url = ""
    var exceptions = ""

    /// What is on this host is never reached through a proxy that the environment names, as with Go.
    private static let ownHost = "localhost,127.0.0.0/8,::1"

    init(_ settings: ProxySettings, scheme: String) {
        if settings.usesEnvironment {
            url = Self.variable(scheme == "https" ? "HTTPS_PROXY" : "HTTP_PROXY")
            let exceptions = Self.variable("NO_PROXY")
            self.exceptions = exceptions.isEmpty ? Self.ownHost : "\(exceptions),\(Self.ownHost)"
        } else {
            url = settings.url?.revealInline() ?? ""
            exceptions = settings.exceptions.isEmpty ? "" : "\(settings.exceptions),\(Self.ownHost)"
        }
    }

    /// In capitals or in small letters, as both are in use.
    private static func variable(_ name: String) -> String {
        for name in [name, name.lowercased()] {
            if let value = unsafe getenv(name), unsafe value.pointee != 0 { return unsafe String(cString: value) }
        }
        return ""
    }
}
