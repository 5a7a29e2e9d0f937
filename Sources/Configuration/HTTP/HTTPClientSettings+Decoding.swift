public import HTTPSettings
import Secrets
public import YAML

extension HTTPClientSettings {
    /// The keys of Prometheus's `<http_config>`, among others of the same mapping.
    public init(_ fields: inout Fields) {
        self.init()
        tls = fields.value("tls_config", .tlsSettings, default: TLSSettings())
        credentials = HTTPCredentials(&fields)
        proxy = ProxySettings(&fields)
        followsRedirects = fields.value("follow_redirects", .boolean, default: true)
        usesHTTP2 = fields.value("enable_http2", .boolean, default: true)
        headers = fields.value("http_headers", .httpHeaders, default: [])
    }
}

extension Shape where Value == HTTPClientSettings {
    /// `http_config`, as receivers have it.
    public static var httpClientSettings: Self {
        .structure("HTTP client settings") { fields in HTTPClientSettings(&fields) }
    }
}

extension HTTPCredentials {
    private static let kinds = ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"]

    /// At most one of the ways to be somebody.
    fileprivate init(_ fields: inout Fields) {
        let basic = fields.optional("basic_auth", .basicCredentials)
        let authorization = fields.optional("authorization", .authorization)
        let oauth2 = fields.optional("oauth2", .oauth2)
        let token = fields.optional("bearer_token", .secretText).flatMap { $0.revealInline() == "" ? nil : $0 }
        let tokenFile = fields.optional("bearer_token_file", .secretFile)
        let given = Self.kinds.filter { key in fields.entry(key).map { !$0.value.isNull } ?? false }
        for extra in given.dropFirst() {
            fields.refuse(
                "yaml/conflict",
                "at most one of basic_auth, authorization, oauth2, bearer_token & bearer_token_file must be configured",
                at: extra
            )
        }
        let bearer = (token ?? tokenFile).map { HTTPCredentials.authorization(type: "Bearer", credentials: $0) }
        self = basic ?? authorization ?? oauth2.map { .oauth2($0) } ?? bearer ?? .none
    }
}

extension Shape where Value == HTTPCredentials {
    fileprivate static var basicCredentials: Self {
        .structure("a user name and a password") { fields in
            let username = fields.secret("username", orFile: "username_file", of: "basic_auth")
            let password = fields.secret("password", orFile: "password_file", of: "basic_auth")
            return .basic(username: username ?? Secret(""), password: password)
        }
    }

    fileprivate static var authorization: Self {
        .structure("a type and credentials") { fields in
            let word = fields.value("type", .string, default: "").filter { $0 != " " && $0 != "\t" }
            let credentials = fields.secret("credentials", orFile: "credentials_file", of: "authorization")
            if word.lowercased() == "basic" {
                fields.refuse(
                    "http/bad-credentials",
                    "authorization type cannot be set to \"basic\", use \"basic_auth\" instead",
                    at: "type"
                )
            }
            return .authorization(type: word.isEmpty ? "Bearer" : word, credentials: credentials)
        }
    }
}

extension Shape where Value == OAuth2Settings {
    fileprivate static var oauth2: Self {
        .structure("OAuth 2.0 client credentials") { fields in
            let client = fields.required("client_id", .nonEmptyString)
            let secret = fields.secret("client_secret", orFile: "client_secret_file", of: "oauth2")
            let url = fields.required("token_url", .httpURL)
            let scopes = fields.value("scopes", .list(of: .string), default: [])
            let parameters = fields.value("endpoint_params", .map(of: .string), default: [])
            let tls = fields.value("tls_config", .tlsSettings, default: TLSSettings())
            let proxy = ProxySettings(&fields)
            guard let client, let url else { return nil }
            var settings = OAuth2Settings(clientID: client, clientSecret: secret, tokenURL: url)
            settings.scopes = scopes
            settings.parameters = parameters.map { OAuth2Settings.Parameter(name: $0.key.value, value: $0.value) }
            settings.tls = tls
            settings.proxy = proxy
            return settings
        }
    }
}

extension ProxySettings {
    fileprivate init(_ fields: inout Fields) {
        self.init()
        url = fields.optional("proxy_url", .proxyURL)
        exceptions = fields.value("no_proxy", .string, default: "")
        usesEnvironment = fields.value("proxy_from_environment", .boolean, default: false)
        connectHeaders = fields.value("proxy_connect_header", .headerValues, default: [])
        if !connectHeaders.isEmpty, url == nil, !usesEnvironment {
            fields.refuse(
                "http/incomplete",
                "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be",
                at: "proxy_connect_header"
            )
        }
        if usesEnvironment, url != nil {
            fields.refuse(
                "yaml/conflict",
                "if proxy_from_environment is configured, proxy_url must not be",
                at: "proxy_url"
            )
        }
        if usesEnvironment, !exceptions.isEmpty {
            fields.refuse(
                "yaml/conflict",
                "if proxy_from_environment is configured, no_proxy must not be",
                at: "no_proxy"
            )
        }
        if !exceptions.isEmpty, url == nil, !usesEnvironment {
            fields.refuse("http/incomplete", "if no_proxy is configured, proxy_url must also be", at: "no_proxy")
        }
    }
}
