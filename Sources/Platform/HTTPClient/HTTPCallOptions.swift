import CCurl
import Files
import HTTPSettings
import Secrets

/// Puts a request and its settings into the options of a handle.
struct HTTPCallOptions {
    let call: HTTPCall
    let handle: CurlHandle
    let target: URLOrigin
    let url: String
    let method: String
    /// Whether the server is the one that was asked first: only it gets credentials and headers that were configured.
    let isHome: Bool
    let token: String?

    private var settings: HTTPClientSettings { call.settings }

    func apply() throws(HTTPClientError) {
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_USERAGENT, call.client.userAgent)
        handle.set(CURLOPT_MAXAGE_CONN, 300)
        // As much as the loopback hands over at once: a quarter of the system calls that curl's own choice needs.
        handle.set(CURLOPT_BUFFERSIZE, 64 << 10)
        let usesHTTP2 = settings.usesHTTP2 && target.scheme == "https"
        handle.set(CURLOPT_HTTP_VERSION, Int(usesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        setMethod()
        try setCredentials()
        setProxy()
        if let path = settings.unixSocket { handle.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if target.scheme == "https" || settings.proxy.url != nil { try setTLS(settings.tls) }
    }

    private func setMethod() {
        switch method {
        case "GET": handle.set(CURLOPT_HTTPGET, 1)
        case "HEAD": handle.set(CURLOPT_NOBODY, 1)
        default: handle.set(CURLOPT_CUSTOMREQUEST, method)
        }
        if method != "GET", method != "HEAD" {
            handle.set(CURLOPT_POST, 1)
            handle.set(CURLOPT_CUSTOMREQUEST, method)
            handle.set(CURLOPT_POSTFIELDSIZE_LARGE, size: Int64(call.request.body.count))
            let body = call.request.body.isEmpty ? [0] : call.request.body
            unsafe body.withUnsafeBytes {
                unsafe handle.set(CURLOPT_COPYPOSTFIELDS, pointer: UnsafeMutableRawPointer(mutating: $0.baseAddress))
            }
        }
        if call.request.acceptsCompression { handle.set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        if call.request.wantsCertificates {
            handle.set(CURLOPT_CERTINFO, 1)
            handle.set(CURLOPT_FRESH_CONNECT, 1)
            handle.set(CURLOPT_FORBID_REUSE, 1)
        }
        if call.request.onlyConnects {
            handle.set(CURLOPT_CONNECT_ONLY, 1)
            // A server of something else would refuse HTTP.
            handle.set(CURLOPT_SSL_ENABLE_ALPN, 0)
        }
    }

    // MARK: Who to be

    private func setCredentials() throws(HTTPClientError) {
        var lines = call.request.headers.map { "\($0.name): \($0.value)" }
        if !call.request.acceptsCompression { lines.append("Accept-Encoding: identity") }
        // Without it the library waits for permission to send a large body.
        lines.append("Expect:")
        if isHome {
            for header in settings.headers {
                for value in header.values { lines.append("\(header.name): \(try reveal(value, "http header"))") }
            }
            try addAuthorization(to: &lines)
        }
        setAddress(&lines)
        guard lines.allSatisfy({ line in !line.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 } }) else {
            throw .credentials("a header or a credential contains a line break")
        }
        handle.set(CURLOPT_HTTPHEADER, lines: lines)
    }

    private func addAuthorization(to lines: inout [String]) throws(HTTPClientError) {
        switch settings.credentials {
        case .none:
            // Of a URL with a user in it the library takes care itself.
            break
        case .basic(let username, let password):
            handle.set(CURLOPT_HTTPAUTH, 1)
            handle.set(CURLOPT_USERNAME, try reveal(username, "username"))
            if let password { handle.set(CURLOPT_PASSWORD, try reveal(password, "password")) }
        case .authorization(let type, let credentials):
            guard let credentials else { return }
            lines.append("Authorization: \(type) \(try reveal(credentials, "authorization credentials"))")
        case .oauth2:
            if let token { lines.append("Authorization: Bearer \(token)") }
        }
    }

    /// With a server name of its own, TLS is spoken with that name, over a connection to the address, about the address's host.
    private func setAddress(_ lines: inout [String]) {
        guard let name = settings.tls.serverName, isHome, target.scheme == "https" else {
            return handle.set(CURLOPT_URL, url)
        }
        let user = target.user.map { "\($0)@" } ?? ""
        handle.set(CURLOPT_URL, "https://\(user)\(name):\(target.port)\(target.rest)")
        handle.set(CURLOPT_CONNECT_TO, lines: ["::\(target.host):\(target.port)"])
        if !call.request.headers.contains(where: { $0.name.lowercased() == "host" }) {
            lines.append("Host: \(target.authority)")
        }
    }

    private func setProxy() {
        let choice = ProxyChoice(settings.proxy, scheme: target.scheme)
        // An empty one keeps the library from looking into the environment itself.
        handle.set(CURLOPT_PROXY, choice.url)
        handle.set(CURLOPT_NOPROXY, choice.exceptions)
        guard !choice.url.isEmpty else { return }
        let lines = settings.proxy.connectHeaders.flatMap { header in
            header.values.compactMap { value in value.revealInline().map { "\(header.name): \($0)" } }
        }
        handle.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        handle.set(CURLOPT_PROXYHEADER, lines: lines)
    }

    // MARK: Whom to trust

    private func setTLS(_ tls: TLSSettings) throws(HTTPClientError) {
        handle.setVersions(tls)
        if tls.skipsVerification {
            handle.set(CURLOPT_SSL_VERIFYPEER, 0)
            handle.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        // As bytes rather than as paths: a connection that was made with other bytes is not used again.
        if let authorities = tls.authorities {
            handle.set(CURLOPT_CAINFO_BLOB, bytes: try content(authorities, "CA cert"))
        }
        if let certificate = tls.certificate {
            handle.set(CURLOPT_SSLCERT_BLOB, bytes: try content(certificate, "client cert"))
        }
        if let key = tls.key { handle.set(CURLOPT_SSLKEY_BLOB, bytes: try content(key, "client key")) }
    }

    private func content(_ secret: Secret, _ what: String) throws(HTTPClientError) -> [UInt8] {
        try call.client.content(of: secret, what)
    }

    private func reveal(_ secret: Secret, _ what: String) throws(HTTPClientError) -> String {
        try call.client.text(of: secret, what)
    }
}

extension CurlHandle {
    /// Which versions of TLS may be agreed on.
    func setVersions(_ tls: TLSSettings) {
        let least = [
            TLSSettings.Version.tls10: CURL_SSLVERSION_TLSv1_0, .tls11: CURL_SSLVERSION_TLSv1_1,
            .tls12: CURL_SSLVERSION_TLSv1_2, .tls13: CURL_SSLVERSION_TLSv1_3,
        ]
        let most = [
            TLSSettings.Version.tls10: CURL_SSLVERSION_MAX_TLSv1_0, .tls11: CURL_SSLVERSION_MAX_TLSv1_1,
            .tls12: CURL_SSLVERSION_MAX_TLSv1_2, .tls13: CURL_SSLVERSION_MAX_TLSv1_3,
        ]
        let low = Int(least[tls.minimum ?? .tls12] ?? CURL_SSLVERSION_TLSv1_2)
        let high = tls.maximum.flatMap { most[$0] }.map { Int($0) } ?? 0
        set(CURLOPT_SSLVERSION, low | high)
    }
}

extension HTTPClient {
    /// What a secret says, a file's as it is now.
    func content(of secret: Secret, _ what: String) throws(HTTPClientError) -> [UInt8] {
        if let text = secret.revealInline() { return Array(text.utf8) }
        let path = secret.file ?? ""
        do {
            return try files.content(of: path).bytes
        } catch {
            throw .credentials("unable to read \(what) file \(path): \(error.reason)")
        }
    }

    /// The same as text, without white space around that of a file.
    func text(of secret: Secret, _ what: String) throws(HTTPClientError) -> String {
        let bytes = try content(of: secret, what)
        guard secret.file != nil else { return String(decoding: bytes, as: UTF8.self) }
        var text = Substring(String(decoding: bytes, as: UTF8.self)).drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
