import Alerting
import Metrics
import Secrets
import Templates

/// Why nothing could be sent.
enum ComposingError: Error {
    case template(TemplateError)
    /// A secret that is not there.
    case secret(String)
}

/// What the bodies of all kinds of receivers are made with.
struct Composer {
    let message: Message
    let templates: NotificationTemplates
    let now: Timestamp
    /// Reads a secret where it is.
    let reveal: (Secret) throws(ComposingError) -> String
    /// The files that go with the message.
    let attachments: [Attachment]
    /// Where Pushover takes messages.
    var pushoverURL = ""
    private let data: TemplateValue

    init(
        _ message: Message,
        _ templates: NotificationTemplates,
        at now: Timestamp,
        attachments: [Attachment] = [],
        reveal: @escaping (Secret) throws(ComposingError) -> String
    ) {
        self.message = message
        self.templates = templates
        self.now = now
        self.attachments = attachments
        self.reveal = reveal
        data = TemplateData.value(of: message, attachments)
    }

    func text(_ template: String) throws(ComposingError) -> String {
        do throws(TemplateError) {
            return try templates.text(template, data, at: now)
        } catch {
            throw .template(error)
        }
    }

    func html(_ template: String) throws(ComposingError) -> String {
        do throws(TemplateError) {
            return try templates.html(template, data, at: now)
        } catch {
            throw .template(error)
        }
    }

    /// A secret that may be a template itself.
    func secret(_ secret: Secret) throws(ComposingError) -> String { try text(reveal(secret)) }
}

/// A request to the service of a receiver.
struct OutgoingCall: Hashable, Sendable {
    /// How a yes is told from a no beyond the status.
    enum Proof: Hashable, Sendable {
        case status
        /// Slack says `ok` in the body, as a word or in JSON.
        case slack
    }

    var method = "POST"
    var url: String
    var headers: [String: String] = ["Content-Type": "application/json"]
    var body: [UInt8]
    /// Beside 429 and those from 500 on, the answers after which another try makes sense.
    var retriedStatuses: Set<Int> = []
    var proof = Proof.status
    /// What came of it does not matter: the words have arrived.
    var isExtra = false
}

extension String {
    /// At most so many characters of Unicode, with an ellipsis where something was cut.
    func cut(toScalars limit: Int) -> String {
        guard unicodeScalars.count > limit else { return self }
        guard limit > 3 else { return String(unicodeScalars.prefix(limit)) }
        return String(unicodeScalars.prefix(limit - 1)) + "…"
    }

    /// At most so many bytes, with an ellipsis where something was cut; no character is split.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var result = String.UnicodeScalarView()
        var length = "…".utf8.count
        for scalar in unicodeScalars {
            length += UTF8.width(scalar)
            if length > limit { break }
            result.append(scalar)
        }
        return String(result) + "…"
    }
}
