import Alerting
import Configuration
import Metrics
import Secrets
import Templates

/// A mail: who it is from and for, and its bytes.
struct MailMessage: Hashable, Sendable {
    let sender: String
    let recipients: [String]
    let bytes: [UInt8]
}

extension Composer {
    func mail(_ settings: EmailSettings) throws(ComposingError) -> MailMessage {
        let from = try text(settings.from)
        let to = try text(settings.to)
        var headers = settings.headers
        if !headers.contains(where: { $0.name == "Subject" }) {
            headers.append(Label("Subject", #"{{ template "email.default.subject" . }}"#))
        }
        if !headers.contains(where: { $0.name == "To" }) { headers.append(Label("To", to)) }
        if !headers.contains(where: { $0.name == "From" }) { headers.append(Label("From", from)) }
        var lines: [String] = []
        for header in headers.sorted(by: { $0.name < $1.name }) {
            lines.append("\(header.name): \(MailText.header(try text(header.value)))")
        }
        let time = TemplateTime(milliseconds: now.rawValue)
        let host = settings.hello.isEmpty ? "localhost" : settings.hello
        lines.append("Message-Id: <\(message.notification.id)@\(host)>")
        lines.append("Date: \(time.formatted("Mon, 02 Jan 2006 15:04:05 -0700"))")
        lines.append("MIME-Version: 1.0")
        let boundary = "medic-\(message.notification.id)"
        if !attachments.isEmpty {
            lines += ["Content-Type: multipart/mixed; boundary=\"\(boundary)-files\"", "", "--\(boundary)-files"]
        }
        lines.append("Content-Type: multipart/alternative; boundary=\"\(boundary)\"")
        lines.append("")
        for (type, body) in [("plain", try text(settings.text)), ("html", try html(settings.html))] where !body.isEmpty
        {
            lines += ["--\(boundary)", "Content-Type: text/\(type); charset=UTF-8"]
            lines += ["Content-Transfer-Encoding: quoted-printable", "", MailText.quotedPrintable(body), ""]
        }
        lines += ["--\(boundary)--", ""]
        if !attachments.isEmpty {
            for attachment in attachments {
                lines += ["--\(boundary)-files", "Content-Type: \(attachment.type); name=\"\(attachment.name)\""]
                lines.append("Content-Disposition: attachment; filename=\"\(attachment.name)\"")
                lines += ["Content-Transfer-Encoding: base64", "", MailText.base64(attachment.bytes), ""]
            }
            lines += ["--\(boundary)-files--", ""]
        }
        return MailMessage(
            sender: MailText.addresses(from).first ?? from,
            recipients: MailText.addresses(to),
            bytes: Array(lines.joined(separator: "\r\n").utf8)
        )
    }
}

/// What texts must look like in a mail (RFC 2045, 2047, 5322).
enum MailText {
    /// The addresses in a list such as `Ann <ann@example.org>, bob@example.org`.
    static func addresses(_ list: String) -> [String] {
        var parts: [String] = [""]
        var isQuoted = false
        for character in list.unicodeScalars {
            if character == "\"" { isQuoted.toggle() }
            if character == "," && !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].unicodeScalars.append(character)
            }
        }
        return parts.compactMap { part in
            var address = part[...]
            if let open = part.lastIndex(of: "<"), let close = part.lastIndex(of: ">"), open < close {
                address = part[part.index(after: open)..<close]
            }
            let trimmed = String(address.filter { !$0.isWhitespace })
            return trimmed.isEmpty ? nil : trimmed
        }
    }

    /// The value of a header: on one line, and in words of ASCII.
    static func header(_ text: String) -> String {
        let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
        guard !line.utf8.allSatisfy({ $0 < 0x7F }) else { return line }
        // Each word holds whole characters and stays below 75 bytes.
        var words: [String] = []
        var word = ""
        for scalar in line.unicodeScalars {
            let piece = String(Character(scalar)).utf8.map { byte in
                byte == UInt8(ascii: " ") ? "_" : isPlain(byte) ? String(UnicodeScalar(byte)) : escaped(byte)
            }
            .joined()
            if word.utf8.count + piece.utf8.count > 60 {
                words.append(word)
                word = ""
            }
            word += piece
        }
        return (words + [word]).map { "=?UTF-8?Q?\($0)?=" }.joined(separator: "\r\n ")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!"):
            true
        default: false
        }
    }

    private static func escaped(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "=" + (digits.utf8.count == 1 ? "0" : "") + digits
    }

    /// A body in lines of at most 76 characters of ASCII.
    static func quotedPrintable(_ text: String) -> String {
        let lines = text.utf8.filter { $0 != UInt8(ascii: "\r") }
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.map { bytes in
            var result = ""
            var width = 0
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
                let isSafe = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !isLast
                let piece = isSafe ? String(UnicodeScalar(byte)) : escaped(byte)
                if width + piece.utf8.count > 75 {
                    result += "=\r\n"
                    width = 0
                }
                result += piece
                width += piece.utf8.count
            }
            return result
        }
        .joined(separator: "\r\n")
    }
}
