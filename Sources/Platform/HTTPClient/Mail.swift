import CCurl
import EventLoop
public import HTTPSettings
public import Secrets

/// A mail, and the server that is to take it.
public struct Mail: Sendable {
    /// How TLS comes about.
    public enum Security: Sendable, Hashable {
        /// From the first byte on, as on port 465.
        case fromTheStart
        /// After STARTTLS; without it the mail is not sent.
        case required
        /// After STARTTLS where the server offers it.
        case whereOffered
        case never
    }

    /// `host:port`.
    public var server: String
    /// The name by which this host greets.
    public var hello: String
    public var sender: String
    public var recipients: [String]
    /// Headers and body; lines end in CR LF, which is made so where it is not. Dots need no doubling.
    public var message: [UInt8]
    public var security: Security
    public var tls: TLSSettings
    public var username: String?
    public var password: Secret?
    /// On whose behalf, where that is somebody else.
    public var identity: String?
    public var timeout: Duration

    public init(
        server: String,
        hello: String,
        sender: String,
        recipients: [String],
        message: [UInt8],
        security: Security = .required,
        tls: TLSSettings = TLSSettings(),
        username: String? = nil,
        password: Secret? = nil,
        identity: String? = nil,
        timeout: Duration = .seconds(30)
    ) {
        self.server = server
        self.hello = hello
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.security = security
        self.tls = tls
        self.username = username
        self.password = password
        self.identity = identity
        self.timeout = timeout
    }
}

extension HTTPClient {
    /// Hands a mail to its server. Returns when the server has taken it for every recipient.
    public func sendMail(_ mail: Mail) async throws(HTTPClientError) {
        let result: Result<Void, HTTPClientError> = await withCheckedContinuation { continuation in
            loop.submit { MailTransfer(self, mail) { continuation.resume(returning: $0) }.start() }
        }
        try result.get()
    }
}

/// A mail on its way.
///
/// Unchecked: confined to the client's loop. Unsafe inside because the library fills its own memory from the message.
@safe final class MailTransfer: @unchecked Sendable, Transfer {
    private static let refusalBytesMax = 512

    private let client: HTTPClient
    private let mail: Mail
    private let message: [UInt8]
    private let completion: @Sendable (Result<Void, HTTPClientError>) -> Void
    private var handle: CurlHandle?
    private var place = 0
    /// The last line with which the server said no.
    private var refusal = ""

    init(
        _ client: HTTPClient,
        _ mail: Mail,
        then completion: @escaping @Sendable (Result<Void, HTTPClientError>) -> Void
    ) {
        self.client = client
        self.mail = mail
        self.completion = completion
        message = Self.withFullLineEnds(mail.message)
    }

    func start() {
        do throws(HTTPClientError) {
            let handle = try client.handle()
            do throws(HTTPClientError) {
                try configure(handle)
            } catch {
                client.shelf.put(handle)
                throw error
            }
            self.handle = handle
            client.start(self, handle)
        } catch {
            completion(.failure(error))
        }
    }

    func cancel() {
        guard let handle else { return }
        self.handle = nil
        client.remove(handle)
        client.shelf.put(handle)
        completion(.failure(.cancelled))
    }

    func ended(_ code: CURLcode) {
        guard let handle else { return }
        self.handle = nil
        let status = handle.number(CURLINFO_RESPONSE_CODE)
        var result = Result<Void, HTTPClientError>.success(())
        if code != CURLE_OK {
            let words = handle.words(for: code)
            // The server has answered, so what it said is what matters.
            let isRefusal = status >= 400 && code != CURLE_OPERATION_TIMEDOUT
            let parts = mail.server.split(separator: ":")
            let host = parts.first.map(String.init) ?? ""
            let port = parts.last.flatMap { Int($0) } ?? 25
            let error = HTTPClientError(code, handle, host: host, port: port)
            // Its own words tell more than the library's: `535 5.7.8 authentication failed`.
            result = .failure(isRefusal ? .refused(refusal.isEmpty ? words : refusal) : error)
        }
        client.shelf.put(handle)
        if case .failure(let error) = result { client.meters.failed(error) }
        completion(result)
    }

    private func configure(_ handle: CurlHandle) throws(HTTPClientError) {
        let texts =
            [mail.server, mail.hello, mail.sender, mail.username ?? "", mail.identity ?? "", mail.tls.serverName ?? ""]
            + mail.recipients
        guard texts.allSatisfy({ text in text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f } }) else {
            throw .badURL("smtp://\(mail.server)")
        }
        handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        setAddress(handle)
        handle.set(CURLOPT_PROXY, "")
        let security =
            switch mail.security {
            case .required, .fromTheStart: CURLUSESSL_ALL
            case .whereOffered: CURLUSESSL_TRY
            case .never: CURLUSESSL_NONE
            }
        handle.set(CURLOPT_USE_SSL, Int(security.rawValue))
        try setTLS(handle)
        handle.set(CURLOPT_MAIL_FROM, mail.sender)
        handle.set(CURLOPT_MAIL_RCPT, lines: mail.recipients)
        if let username = mail.username { handle.set(CURLOPT_USERNAME, username) }
        if let password = mail.password { handle.set(CURLOPT_PASSWORD, try client.text(of: password, "password")) }
        if let identity = mail.identity { handle.set(CURLOPT_SASL_AUTHZID, identity) }
        handle.set(CURLOPT_TIMEOUT_MS, Int(max(1, mail.timeout.wholeNanoseconds / 1_000_000)))
        handle.set(CURLOPT_UPLOAD, 1)
        unsafe handle.set(CURLOPT_READDATA, pointer: Unmanaged.passUnretained(self).toOpaque())
        unsafe handle.set(CURLOPT_READFUNCTION, function: readMessage)
        unsafe handle.set(CURLOPT_HEADERDATA, pointer: Unmanaged.passUnretained(self).toOpaque())
        unsafe handle.set(CURLOPT_HEADERFUNCTION, function: hearServer)
    }

    /// With a server name of its own, that is what the certificate must be for, whatever the address.
    private func setAddress(_ handle: CurlHandle) {
        let scheme = mail.security == .fromTheStart ? "smtps" : "smtp"
        guard let name = mail.tls.serverName, let colon = mail.server.lastIndex(of: ":") else {
            return handle.set(CURLOPT_URL, "\(scheme)://\(mail.server)/\(mail.hello)")
        }
        handle.set(CURLOPT_URL, "\(scheme)://\(name)\(mail.server[colon...])/\(mail.hello)")
        handle.set(CURLOPT_CONNECT_TO, lines: ["::\(mail.server)"])
    }

    private func setTLS(_ handle: CurlHandle) throws(HTTPClientError) {
        handle.setVersions(mail.tls)
        if mail.tls.skipsVerification {
            handle.set(CURLOPT_SSL_VERIFYPEER, 0)
            handle.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let authorities = mail.tls.authorities {
            handle.set(CURLOPT_CAINFO_BLOB, bytes: try client.content(of: authorities, "CA cert"))
        }
        if let certificate = mail.tls.certificate {
            handle.set(CURLOPT_SSLCERT_BLOB, bytes: try client.content(of: certificate, "client cert"))
        }
        if let key = mail.tls.key {
            handle.set(CURLOPT_SSLKEY_BLOB, bytes: try client.content(of: key, "client key"))
        }
    }

    fileprivate func fill(_ room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, message.count - place)
        unsafe room.copyBytes(from: message[place..<place + count])
        place += count
        return count
    }

    fileprivate func hear(_ line: UnsafeRawBufferPointer) {
        guard let first = unsafe line.first, first == UInt8(ascii: "4") || first == UInt8(ascii: "5") else { return }
        let text = unsafe String(decoding: line.prefix(Self.refusalBytesMax), as: UTF8.self)
        refusal = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }

    private static func withFullLineEnds(_ message: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(message.count + message.count / 32)
        for byte in message {
            if byte == UInt8(ascii: "\n"), result.last != UInt8(ascii: "\r") { result.append(UInt8(ascii: "\r")) }
            result.append(byte)
        }
        if result.suffix(2) != [UInt8(ascii: "\r"), UInt8(ascii: "\n")] {
            result += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
        }
        return result
    }
}

private let readMessage: medic_curl_bytes = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
    return unsafe transfer.fill(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

private let hearServer: medic_curl_bytes = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
    unsafe transfer.hear(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}
