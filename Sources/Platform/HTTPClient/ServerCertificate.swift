import Secrets

/// A certificate that a server showed.
public struct ServerCertificate: Hashable, Sendable {
    /// Whom it is for, and who says so: `CN = api.example`.
    public private(set) var subject = ""
    public private(set) var issuer = ""
    public private(set) var serialNumber = ""
    /// Names of hosts.
    public private(set) var hosts: [String] = []
    /// When it expires, in seconds since the epoch.
    public private(set) var expiry: Int64?
    /// SHA-256 of the certificate, in hexadecimal.
    public private(set) var fingerprint = ""

    /// From lines `key:value`, as libcurl has them.
    init(lines: [String]) {
        for line in lines {
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = line[line.utf8.index(after: colon)...]
            switch line[..<colon] {
            case "Subject": subject = String(value)
            case "Issuer": issuer = String(value)
            case "Serial Number": serialNumber = String(value)
            case "X509v3 Subject Alternative Name": hosts = Self.hosts(value)
            case "Expire date": expiry = CertificateDate.parse(value)
            case "Cert": fingerprint = Self.fingerprint(value)
            default: break
            }
        }
    }

    /// `DNS:a.example, IP Address:10.0.0.1`.
    private static func hosts(_ text: Substring) -> [String] {
        text.split(separator: ",").compactMap { part in
            let name = part.drop { $0 == " " }
            return name.hasPrefix("DNS:") ? String(name.dropFirst(4)) : nil
        }
    }

    /// Of PEM; empty for what is none.
    private static func fingerprint(_ text: Substring) -> String {
        let lines = text.split { $0 == "\n" || $0 == "\r\n" }.filter { !$0.hasPrefix("-----") }
        guard let bytes = decoded(lines.joined().utf8) else { return "" }
        var digest = SHA256()
        digest.update(bytes)
        return digest.hexadecimal()
    }

    /// Base64 (RFC 4648).
    private static func decoded(_ text: String.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for byte in text where byte != UInt8(ascii: "=") {
            guard let digit = digit(byte) else { return nil }
            bits = bits << 6 | digit
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
