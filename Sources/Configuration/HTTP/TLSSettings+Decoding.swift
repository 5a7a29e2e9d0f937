public import HTTPSettings
import Secrets
public import YAML

extension Shape where Value == TLSSettings {
    /// `tls_config` of a client.
    public static var tlsSettings: Self {
        .structure("TLS settings") { fields in
            var tls = TLSSettings()
            tls.authorities = fields.secret("ca", orFile: "ca_file", of: "tls_config")
            tls.certificate = fields.secret("cert", orFile: "cert_file", of: "tls_config")
            tls.key = fields.secret("key", orFile: "key_file", of: "tls_config")
            tls.serverName = fields.optional("server_name", .string).flatMap { $0.isEmpty ? nil : $0 }
            tls.skipsVerification = fields.value("insecure_skip_verify", .boolean, default: false)
            tls.minimum = fields.optional("min_version", .choice)
            tls.maximum = fields.optional("max_version", .choice)
            check(tls, &fields)
            return tls
        }
    }

    private static func check(_ tls: TLSSettings, _ fields: inout Fields) {
        if tls.certificate != nil, tls.key == nil {
            fields.refuse(
                "http/incomplete",
                "exactly one of key or key_file must be configured when a client certificate is",
                at: fields.keys.contains("cert") ? "cert" : "cert_file"
            )
        } else if tls.key != nil, tls.certificate == nil {
            fields.refuse(
                "http/incomplete",
                "exactly one of cert or cert_file must be configured when a client key is",
                at: fields.keys.contains("key") ? "key" : "key_file"
            )
        }
        let versions = TLSSettings.Version.allCases
        if let low = tls.minimum.flatMap({ versions.firstIndex(of: $0) }),
            let high = tls.maximum.flatMap({ versions.firstIndex(of: $0) }), low > high
        {
            fields.refuse("http/bad-versions", "'max_version' is before 'min_version'", at: "max_version")
        }
    }
}
