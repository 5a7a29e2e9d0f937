public import Configuration

/// A file that goes with a notification.
public struct Attachment: Hashable, Sendable {
    public let kind: AttachmentKind
    /// Of letters, digits, dashes, underscores and dots, so that it needs no quoting anywhere.
    public let name: String
    /// `image/svg+xml`
    public let type: String
    public let bytes: [UInt8]
    /// The same in a line or a few, for who takes no files.
    public let summary: String

    public init(kind: AttachmentKind, name: String, type: String, bytes: [UInt8], summary: String = "") {
        self.kind = kind
        self.name = String(name.map { Self.isPlain($0) ? $0 : "-" })
        self.type = type
        self.bytes = bytes
        self.summary = summary
    }

    /// What the file says; all that there are hold text, a drawing too.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
    }
}

/// A body of several parts, as browsers send forms with files (RFC 7578).
struct FormBody {
    let boundary: String
    private var bytes: [UInt8] = []

    init(boundary: String) {
        self.boundary = boundary
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    mutating func add(_ name: String, _ text: String, type: String? = nil) {
        add("name=\"\(name)\"", type, Array(text.utf8))
    }

    mutating func add(_ name: String, _ attachment: Attachment) {
        add("name=\"\(name)\"; filename=\"\(attachment.name)\"", attachment.type, attachment.bytes)
    }

    private mutating func add(_ disposition: String, _ type: String?, _ content: [UInt8]) {
        let head =
            ["--\(boundary)", "Content-Disposition: form-data; \(disposition)"]
            + (type.map { ["Content-Type: \($0)"] } ?? [])
        bytes += Array((head + ["", ""]).joined(separator: "\r\n").utf8)
        bytes += content
        bytes += [0x0D, 0x0A]
    }

    var finished: [UInt8] { bytes + Array("--\(boundary)--\r\n".utf8) }
}

extension OutgoingCall {
    /// The same, with files beside the JSON, which is then the part of this name.
    func carrying(_ attachments: [Attachment], beside name: String, boundary: String) -> OutgoingCall {
        guard !attachments.isEmpty else { return self }
        var form = FormBody(boundary: boundary)
        form.add(name, String(decoding: body, as: UTF8.self), type: "application/json")
        for (index, attachment) in attachments.enumerated() { form.add("files[\(index)]", attachment) }
        var call = self
        call.headers["Content-Type"] = form.contentType
        call.body = form.finished
        return call
    }
}

extension MailText {
    /// In lines of 76 characters.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 3 / 2)
        var width = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
            if width == 76 {
                text += [0x0D, 0x0A]
                width = 0
            }
            let group = bytes[start..<min(start + 3, bytes.count)]
            var number: UInt32 = 0
            for offset in 0..<3 { number = number << 8 | (offset < group.count ? UInt32(group[start + offset]) : 0) }
            for place in 0..<4 {
                text.append(
                    place <= group.count ? digits[Int(number >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "=")
                )
            }
            width += 4
        }
        return String(decoding: text, as: UTF8.self)
    }
}
