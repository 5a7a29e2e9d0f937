import HTTPSettings
import Secrets
public import YAML

extension Shape where Value == String {
    /// An absolute URL of HTTP.
    public static var httpURL: Self {
        string.narrowed(to: "a URL that begins with http:// or https:// and a host") { text in
            hasScheme(text, among: ["http", "https"]) ? text : nil
        }
    }

    /// Whether the text is one of the schemes, `://`, and something that may be a host.
    fileprivate static func hasScheme(_ text: String, among schemes: [String]) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            schemes.contains(text[..<colon].lowercased())
        else { return false }
        let rest = text[colon...].utf8.dropFirst()
        guard rest.starts(with: "//".utf8) else { return false }
        let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        let isClean = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
        return isClean && !authority.isEmpty && authority.first != UInt8(ascii: ":")
    }
}

extension Shape where Value == Secret {
    static var proxyURL: Self {
        Shape<String>.string.hidden.narrowed(
            to: "a URL that begins with http://, https:// or socks5:// and a host"
        ) { text in
            Shape<String>.hasScheme(text, among: ["http", "https", "socks5", "socks5h"]) ? Secret(text) : nil
        }
    }
}

extension Shape where Value == [HTTPHeaderSetting] {
    /// Names of headers that medic sets itself, in small letters.
    private static let reserved: Set<String> = [
        "authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection",
        "keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding",
        "x-prometheus-remote-write-version", "x-prometheus-remote-read-version", "x-prometheus-scrape-timeout-seconds",
        "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
    ]

    /// `http_headers`: by name, `values`, `secrets` and `files`.
    static var httpHeaders: Self {
        headers(of: .headerSources) { name in
            reserved.contains(name.lowercased()) ? "setting header \"\(name)\" is not allowed" : nil
        }
    }

    /// `proxy_connect_header`: by name, a list of values.
    static var headerValues: Self {
        headers(of: .list(of: .secretText)) { _ in nil }
    }

    private static func headers(
        of values: Shape<[Secret]>,
        refusal: @escaping @Sendable (String) -> String?
    ) -> Self {
        let pairs = Shape<[YAMLPair<[Secret]>]>.map(of: values)
        return Shape(pairs.expectation) { node, problems in
            guard let decoded = pairs.decode(node, problems) else { return nil }
            var isSound = true
            for pair in decoded {
                let message =
                    isToken(pair.key.value) ? refusal(pair.key.value) : "'\(pair.key.value)' is no name of a header"
                guard let message else { continue }
                problems.error("http/bad-header", message, at: pair.key.range)
                isSound = false
            }
            return isSound ? decoded.map { HTTPHeaderSetting(name: $0.key.value, values: $0.value) } : nil
        }
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7f && !"()<>@,;:\\\"/[]?={}".utf8.contains(byte)
            }
    }
}

extension Shape where Value == [Secret] {
    fileprivate static var headerSources: Self {
        .structure("the values of a header") { fields in
            fields.value("values", .list(of: .secretText), default: [])
                + fields.value("secrets", .list(of: .secretText), default: [])
                + fields.value("files", .list(of: .secretFile), default: [])
        }
    }
}
