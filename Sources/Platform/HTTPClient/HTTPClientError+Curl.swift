import CCurl
import Glibc

extension HTTPClientError {
    /// What the library's code means, in the words that an operator of Prometheus knows.
    init(_ code: CURLcode, _ handle: CurlHandle, host: String, port: Int) {
        let address = Self.address(handle) ?? "\(host):\(port)"
        let words = handle.words(for: code)
        switch code {
        case CURLE_URL_MALFORMAT: self = .badURL(handle.text(CURLINFO_EFFECTIVE_URL) ?? "")
        case CURLE_COULDNT_RESOLVE_HOST: self = .unknownHost(host)
        case CURLE_COULDNT_RESOLVE_PROXY: self = .connect(address: "", reason: words)
        case CURLE_COULDNT_CONNECT:
            self = .connect(address: address, reason: Self.systemReason(handle) ?? words)
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED:
            self = .tls(words)
        case CURLE_GOT_NOTHING: self = .broken("EOF")
        case CURLE_PARTIAL_FILE: self = .broken("unexpected EOF")
        case CURLE_RECV_ERROR:
            self = .broken("read tcp \(address): read: \(Self.systemReason(handle) ?? words)")
        case CURLE_SEND_ERROR:
            self = .broken("write tcp \(address): write: \(Self.systemReason(handle) ?? words)")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            self = .broken("malformed HTTP response: \(words)")
        case CURLE_BAD_CONTENT_ENCODING: self = .broken("gzip: invalid data: \(words)")
        case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR: self = .refused(words)
        default: self = .other(words)
        }
    }

    private static func address(_ handle: CurlHandle) -> String? {
        guard let host = handle.text(CURLINFO_PRIMARY_IP), !host.isEmpty else { return nil }
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(shown):\(handle.number(CURLINFO_PRIMARY_PORT))"
    }

    private static func systemReason(_ handle: CurlHandle) -> String? {
        let number = handle.number(CURLINFO_OS_ERRNO)
        guard number != 0, let text = unsafe strerror(Int32(truncatingIfNeeded: number)) else { return nil }
        return unsafe String(cString: text).lowercased()
    }
}

extension HTTPTimings {
    /// The library counts all phases from the beginning of its transfer, in microseconds.
    init(_ handle: CurlHandle, total: Duration) {
        let named = handle.size(CURLINFO_NAMELOOKUP_TIME_T)
        let connected = max(named, handle.size(CURLINFO_CONNECT_TIME_T))
        let secured = max(connected, handle.size(CURLINFO_APPCONNECT_TIME_T))
        let sent = max(secured, handle.size(CURLINFO_PRETRANSFER_TIME_T))
        let answered = max(sent, handle.size(CURLINFO_STARTTRANSFER_TIME_T))
        let ended = max(answered, handle.size(CURLINFO_TOTAL_TIME_T))
        self.init()
        resolve = .microseconds(named)
        connect = .microseconds(connected - named)
        tls = .microseconds(secured - connected)
        processing = .microseconds(answered - sent)
        transfer = .microseconds(ended - answered)
        self.total = total
    }
}
