import EventLoop
import HTTPSettings
import JSON
import Secrets

/// Tokens of OAuth 2.0, fetched when they are needed and used until shortly before they expire.
///
/// Confined to the client's loop, as the client is.
final class TokenStore {
    typealias Answer = @Sendable (Result<String, HTTPClientError>) -> Void

    private struct Token {
        let text: String
        /// Nil for one that does not expire.
        let expiry: MonotonicInstant?
        /// What the secret was when it was fetched: with another secret another token is wanted.
        let secret: [UInt8]
    }

    private enum Entry {
        case fetching([Answer])
        case present(Token)
    }

    /// Tokens end so much before their time, since requests take time too; as with Go.
    private static let margin = Duration.seconds(10)
    private static let entriesMax = 1_024
    private static let bodyBytesMax = 1 << 20
    private var entries: [OAuth2Settings: Entry] = [:]
    // Which way of saying who one is a server has refused.
    private var wantsFields: Set<OAuth2Settings> = []

    /// The token for a server that was just asked with it.
    func present(_ settings: OAuth2Settings) -> String? {
        if case .present(let token) = entries[settings] { token.text } else { nil }
    }

    /// The server does not take the token any more.
    func forget(_ settings: OAuth2Settings) {
        if case .present = entries[settings] { entries[settings] = nil }
    }

    func token(
        for settings: OAuth2Settings,
        _ client: HTTPClient,
        deadline: MonotonicInstant,
        _ answer: @escaping Answer
    ) {
        let secret: [UInt8]
        do {
            secret = Array(
                try settings.clientSecret.map { try client.text(of: $0, "client secret") }.map(\.utf8) ?? "".utf8
            )
        } catch {
            return answer(.failure(.token("\(error)")))
        }
        switch entries[settings] {
        case .present(let token) where token.secret == secret && token.expiry.map { $0 > .now } ?? true:
            return answer(.success(token.text))
        case .fetching(let waiting):
            guard waiting.count < HTTPClient.transfersMax else {
                return answer(.failure(.busy(limit: HTTPClient.transfersMax)))
            }
            entries[settings] = .fetching(waiting + [answer])
            return
        default: break
        }
        if entries.count >= Self.entriesMax {
            entries = entries.filter { if case .fetching = $0.value { true } else { false } }
        }
        entries[settings] = .fetching([answer])
        fetch(settings, secret, client, deadline, inFields: wantsFields.contains(settings), isLastTry: false)
    }

    private func fetch(
        _ settings: OAuth2Settings,
        _ secret: [UInt8],
        _ client: HTTPClient,
        _ deadline: MonotonicInstant,
        inFields: Bool,
        isLastTry: Bool
    ) {
        var way = HTTPClientSettings()
        way.tls = settings.tls
        way.proxy = settings.proxy
        var fields = [("grant_type", "client_credentials")]
        if !settings.scopes.isEmpty { fields.append(("scope", settings.scopes.joined(separator: " "))) }
        fields += settings.parameters.map { ($0.name, $0.value) }
        let secretText = String(decoding: secret, as: UTF8.self)
        if inFields {
            fields += [("client_id", settings.clientID), ("client_secret", secretText)]
        } else {
            // RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
            way.credentials = .basic(
                username: Secret(FormEncoding.encoded(settings.clientID)),
                password: Secret(FormEncoding.encoded(secretText))
            )
        }
        let request = HTTPRequest(
            "POST",
            settings.tokenURL,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(FormEncoding.encoded(fields).utf8),
            timeout: max(.milliseconds(1), deadline - .now),
            bodyLimit: Self.bodyBytesMax
        )
        // The client owns this store, and the call the client.
        client.call(request, settings: way) { [client] result in
            client.tokens.arrived(result, settings, secret, client, deadline, inFields: inFields, isLastTry: isLastTry)
        }.start()
    }

    private func arrived(
        _ result: Result<HTTPResponse, HTTPClientError>,
        _ settings: OAuth2Settings,
        _ secret: [UInt8],
        _ client: HTTPClient,
        _ deadline: MonotonicInstant,
        inFields: Bool,
        isLastTry: Bool
    ) {
        switch result {
        case .failure(let error): settle(settings, .failure(.token("\(error)")))
        case .success(let response) where !(200..<300).contains(response.status):
            // Servers differ in where they look for the secret, and none says so beforehand.
            if !isLastTry, (400..<500).contains(response.status) {
                return fetch(settings, secret, client, deadline, inFields: !inFields, isLastTry: true)
            }
            settle(settings, .failure(.token("the server answers with status \(response.status)")))
        case .success(let response):
            if inFields { wantsFields.insert(settings) } else { wantsFields.remove(settings) }
            settle(settings, Self.token(in: response.body, secret))
        }
    }

    private static func token(in body: [UInt8], _ secret: [UInt8]) -> Result<Token, HTTPClientError> {
        guard let answer = try? JSONValue(parsing: body.span), let text = answer["access_token"]?.string, !text.isEmpty
        else { return .failure(.token("the server's answer has no access_token")) }
        let seconds = answer["expires_in"].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } }
        let expiry = seconds.flatMap { $0 > 0 ? MonotonicInstant.now + .seconds(min($0, 1 << 31)) - margin : nil }
        return .success(Token(text: text, expiry: expiry, secret: secret))
    }

    private func settle(_ settings: OAuth2Settings, _ result: Result<Token, HTTPClientError>) {
        var waiting: [Answer] = []
        if case .fetching(let answers) = entries[settings] { waiting = answers }
        if case .success(let token) = result { entries[settings] = .present(token) } else { entries[settings] = nil }
        for answer in waiting { answer(result.map(\.text)) }
    }
}

extension MonotonicInstant {
    fileprivate static func - (instant: Self, span: Duration) -> Self { instant + (Duration.zero - span) }
}

/// The encoding of forms and queries: what is no letter, digit or one of `-._~` becomes `%XX`, a space `+`.
public enum FormEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    public static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: " "): bytes.append(UInt8(ascii: "+"))
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `a=b&c=d`, in the order given.
    public static func encoded(_ fields: [(String, String)]) -> String {
        fields.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    }
}
