import Diagnostics
import Metrics
import Rules
import Secrets
public import YAML

extension WebSettings {
    public static var shape: Shape<WebSettings> {
        .structure("web settings") { fields in
            var settings = WebSettings()
            settings.listen = fields.value("listen", .addresses, default: settings.listen)
            settings.socket = fields.value("socket", .socket, default: settings.socket)
            settings.tls = fields.optional("tls", .encryption)
            settings.access = fields.value("auth", WebAccess.shape, default: settings.access)
            settings.externalURL = fields.optional("external_url", .nonEmptyString)
            settings.hosts = fields.value("hosts", .list(of: .nonEmptyString), default: settings.hosts)
            settings.limits = fields.value("limits", .limits, default: settings.limits)
            settings.queries = fields.value("queries", .queries, default: settings.queries)
            settings.webhookResolveTimeout = fields.value(
                "webhooks",
                .structure("settings of webhooks") { fields in
                    fields.value("resolve_timeout", .milliseconds, default: WebSettings().webhookResolveTimeout)
                },
                default: settings.webhookResolveTimeout
            )
            settings.allowsQuit = fields.value("allow_quit", .boolean, default: settings.allowsQuit)
            settings.check(&fields)
            return settings
        }
    }

    /// What can be served but does not serve its purpose.
    private func check(_ fields: inout Fields) {
        let open = listen.filter { !$0.isLoopback }
        guard let place = fields.node.mapping?.entry(for: "listen")?.keyRange, !open.isEmpty else { return }
        if !access.hasCredentials, access.senders.isEmpty, access.signingKeys.isEmpty, access.anonymous == .nobody {
            fields.problems.warning(
                "web/unreachable",
                "the agent listens to the network but lets nobody in from there",
                at: place,
                help: "configure auth.readers and auth.operators, or auth.anonymous: reader"
            )
        }
        let books = [access.readers, access.operators, access.senders]
        if tls == nil, books.contains(where: { !$0.tokens.isEmpty || !$0.users.isEmpty }) {
            fields.problems.warning(
                "web/plain-credentials",
                "tokens and passwords cross the network in the clear",
                at: place,
                help: "configure tls with cert_file and key_file, or listen on a loopback address behind a proxy"
            )
        }
    }
}

extension Shape where Value == WebSettings.Address {
    fileprivate static var address: Self {
        Shape<String>.string.narrowed(
            to: "an address such as 127.0.0.1:9120, [::1]:9120 or :9120",
            help: "a host, which may be left out, a colon and a port"
        ) { WebSettings.Address(text: $0) }
    }
}

extension WebSettings.Address {
    /// Reads `127.0.0.1:9120`, `[::1]:9120` or `:9120`; nil for anything else.
    public init?(text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        self.init(host: String(host), port: port)
    }
}

extension Shape where Value == [WebSettings.Address] {
    /// One or several; an empty list for none at all.
    fileprivate static var addresses: Self {
        .either(scalar: Shape<WebSettings.Address>.address.map { [$0] }, list: .list(of: .address))
    }
}

extension Shape where Value == WebSettings.Socket? {
    /// A path, settings, or `false` for none.
    fileprivate static var socket: Self {
        let scalar = Shape<WebSettings.Socket?>("a path, or false") { node, problems in
            if case .boolean(false) = node.value { return .some(nil) }
            guard let path = Shape<String>.filePath.decode(node, problems) else { return nil }
            var socket = WebSettings.Socket()
            socket.path = path
            return socket
        }
        let mapping = Shape<WebSettings.Socket?>.structure("the settings of a unix socket") { fields in
            var socket = WebSettings.Socket()
            socket.path = fields.value("path", .filePath, default: socket.path)
            socket.mode = fields.value("mode", .permissions, default: socket.mode)
            socket.group = fields.value("group", .nonEmptyString, default: socket.group)
            return socket
        }
        return .either(scalar: scalar, mapping: mapping)
    }
}

extension Shape where Value == UInt32 {
    /// Permissions of a file in octal digits, as `chmod` takes them.
    fileprivate static var permissions: Self {
        Shape<String>.string.narrowed(to: "permissions such as \"0660\"", help: "four octal digits") { text in
            UInt32(text.hasPrefix("0o") ? String(text.dropFirst(2)) : text, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil }
        }
    }
}

extension Shape where Value == WebSettings.Encryption {
    fileprivate static var encryption: Self {
        .structure("files for TLS") { fields in
            let certificate = fields.required("cert_file", .filePath)
            let key = fields.required("key_file", .filePath)
            let authorities = fields.optional("client_ca_file", .filePath)
            guard let certificate, let key else { return nil }
            return WebSettings.Encryption(
                certificateFile: certificate,
                keyFile: key,
                clientAuthoritiesFile: authorities
            )
        }
    }
}

extension Shape where Value == WebSettings.Limits {
    fileprivate static var limits: Self {
        .structure("limits on clients") { fields in
            var limits = WebSettings.Limits()
            limits.connections = fields.value("connections", .integer(in: 1...1_000_000), default: limits.connections)
            limits.connectionsPerAddress = fields.value(
                "connections_per_address",
                .integer(in: 1...1_000_000),
                default: limits.connectionsPerAddress
            )
            limits.requests = fields.value("requests", .integer(in: 1...100_000), default: limits.requests)
            limits.headerBytes = fields.value("header_bytes", .byteCount, default: limits.headerBytes)
            limits.bodyBytes = fields.value("body_bytes", .byteCount, default: limits.bodyBytes)
            limits.idleTimeout = fields.value("idle_timeout", .milliseconds, default: limits.idleTimeout)
            limits.receiveTimeout = fields.value("receive_timeout", .milliseconds, default: limits.receiveTimeout)
            limits.sendTimeout = fields.value("send_timeout", .milliseconds, default: limits.sendTimeout)
            // The library that carries the bytes needs some room for what it makes of the headers.
            if limits.headerBytes < ByteCount(2 << 10) || limits.headerBytes > ByteCount(1 << 20) {
                fields.refuse("web/header-limit", "'header_bytes' must be from 2KB to 1MB", at: "header_bytes")
            }
            return limits
        }
    }
}

extension Shape where Value == WebSettings.Queries {
    fileprivate static var queries: Self {
        .structure("limits on queries") { fields in
            var queries = WebSettings.Queries()
            queries.concurrency = fields.value("concurrency", .integer(in: 1...64), default: queries.concurrency)
            queries.waiting = fields.value("waiting", .integer(in: 0...10_000), default: queries.waiting)
            queries.timeout = fields.value("timeout", .milliseconds, default: queries.timeout)
            queries.maxSamples = fields.value("max_samples", .integer(in: 1...Int.max), default: queries.maxSamples)
            queries.maxListed = fields.value("max_listed", .integer(in: 1...Int.max), default: queries.maxListed)
            return queries
        }
    }
}

extension WebAccess {
    static var shape: Shape<WebAccess> {
        .structure("who may read and who may operate") { fields in
            var access = WebAccess()
            access.readers = fields.value("readers", .credentials, default: access.readers)
            access.operators = fields.value("operators", .credentials, default: access.operators)
            let senders = fields.value("senders", .senders, default: (access.senders, access.signingKeys))
            (access.senders, access.signingKeys) = senders
            access.loopback = fields.optional("loopback", .choice)
            access.anonymous = fields.value("anonymous", .choice, default: access.anonymous)
            if access.anonymous == .operator {
                fields.refuse(
                    "web/anonymous-operator",
                    "nobody operates from the network without credentials",
                    at: "anonymous",
                    help: "anonymous: reader, and tokens, users or client_certificates under operators"
                )
            }
            return access
        }
    }
}

extension Shape where Value == WebAccess.Credentials {
    fileprivate static var credentials: Self {
        .structure("credentials") { fields in WebAccess.Credentials(&fields) }
    }
}

extension WebAccess.Credentials {
    fileprivate init(_ fields: inout Fields) {
        tokens = fields.value("tokens", .list(of: .token), default: [])
        tokens += fields.value("token_files", .list(of: .secretFile), default: [])
        let users = fields.value("users", .map(of: .passwordHash), default: [])
        self.users = users.map { WebAccess.User(name: $0.key.value, passwordHash: $0.value) }
        certificateNames = fields.value("client_certificates", .list(of: .nonEmptyString), default: [])
    }
}

private typealias Senders = (credentials: WebAccess.Credentials, signingKeys: [Secret])

extension Shape where Value == Senders {
    fileprivate static var senders: Self {
        .structure("credentials of senders") { fields in
            let credentials = WebAccess.Credentials(&fields)
            let keys = fields.value("signing_keys", .list(of: .token), default: [])
            return (credentials, keys + fields.value("signing_key_files", .list(of: .secretFile), default: []))
        }
    }
}

extension Shape where Value == Secret {
    // Shorter ones are guessed.
    private static var shortestToken: Int { 16 }

    fileprivate static var token: Self {
        secretText.narrowed(
            to: "a token of at least \(shortestToken) characters",
            help: "openssl rand -hex 32 makes one"
        ) { secret in
            (secret.revealInline()?.utf8.count ?? 0) >= shortestToken ? secret : nil
        }
    }

    fileprivate static var passwordHash: Self {
        secretText.narrowed(
            to: "a hash of a password",
            help: "htpasswd -nB NAME makes one; it begins with $"
        ) { secret in
            secret.revealInline()?.hasPrefix("$") == true ? secret : nil
        }
    }
}
