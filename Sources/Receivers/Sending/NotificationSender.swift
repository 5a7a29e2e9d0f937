public import Alerting
public import Configuration
import EventLoop
import Files
public import HTTPClient
import HTTPSettings
import Metrics
import Secrets
import Synchronization
import Templates

/// Whoever brings notifications to their receivers.
public protocol NotificationSending: Sendable {
    /// Tries once.
    func send(_ notification: Notification) async -> SendResult
}

/// Brings notifications to the receivers of the configuration: over HTTP, by mail, or by a program.
public final class NotificationSender: NotificationSending {
    /// What a program is asked, and how it answers.
    public struct ProgramCall: Sendable {
        public let command: [String]
        public let environment: [(name: String, value: String)]
        public let input: [UInt8]
        public let timeout: Duration
    }

    /// Finds what goes with a notification beside its words.
    public typealias AttachmentFinder = @Sendable (Notification, Set<AttachmentKind>) async -> [Attachment]

    /// Runs a program; nil when it ended with zero, else why not.
    public typealias ProgramRunner = @Sendable (ProgramCall) async -> String?

    private struct Setup {
        var settings: NotificationSettings
        var templates: NotificationTemplates
        var externalURL: String
    }

    /// The most of a receiver's answer that is looked at.
    static let answerBytesMax = 64 * 1024

    /// How long a try may take when the receiver says nothing else.
    private let timeout: Duration
    /// Where Pushover takes messages, which no configuration says.
    private let pushoverURL: String
    private let client: HTTPClient
    private let findAttachments: AttachmentFinder
    private let runProgram: ProgramRunner
    private let setup: Mutex<Setup>

    /// - Parameters:
    ///   - timeout: How long a try may take when the receiver says nothing else.
    ///   - pushoverURL: Where Pushover takes messages, which no configuration says.
    public init(
        _ settings: NotificationSettings,
        templates: NotificationTemplates,
        externalURL: String,
        client: HTTPClient,
        timeout: Duration = .seconds(30),
        pushoverURL: String = "https://api.pushover.net/1/messages.json",
        findAttachments: @escaping AttachmentFinder = { _, _ in [] },
        runProgram: @escaping ProgramRunner
    ) {
        self.findAttachments = findAttachments
        self.timeout = timeout
        self.pushoverURL = pushoverURL
        self.client = client
        self.runProgram = runProgram
        setup = Mutex(Setup(settings: settings, templates: templates, externalURL: externalURL))
    }

    /// Another configuration, for what is sent from now on.
    public func configure(_ settings: NotificationSettings, templates: NotificationTemplates, externalURL: String) {
        setup.withLock { $0 = Setup(settings: settings, templates: templates, externalURL: externalURL) }
    }

    public func send(_ notification: Notification) async -> SendResult {
        let setup = setup.withLock { $0 }
        let key = notification.integration
        let receiver = setup.settings.receiver(key.receiver)
        let integration = receiver?.integrations.first { $0.kind.name == key.kind && $0.index == key.index }
        guard let receiver, let integration else { return .refused("the configuration has no \(key) any more") }
        let message = Message(notification, externalURL: setup.externalURL)
        let now = Timestamp(milliseconds: WallClock.now)
        let wanted = receiver.attachments(for: integration.kind)
        let attachments = wanted.isEmpty ? [] : await findAttachments(notification, wanted)
        let plan = await offload { [pushoverURL] () -> Result<Plan, ComposingError> in
            var composer = Composer(message, setup.templates, at: now, attachments: attachments, reveal: Self.reveal)
            composer.pushoverURL = pushoverURL
            return Result { () throws(ComposingError) in try composer.plan(integration.kind) }
        }
        switch plan {
        case .success(let plan): return await carryOut(plan)
        case .failure(.template(let error)): return .refused("\(error)")
        // Somebody may put the file in place.
        case .failure(.secret(let reason)): return .failed(reason, retryAfter: nil)
        }
    }

    private func carryOut(_ plan: Plan) async -> SendResult {
        switch plan {
        case .calls(let calls, let settings, let timeout):
            for call in calls {
                let result = await make(call, settings, timeout ?? self.timeout)
                guard result == .taken || call.isExtra else { return result }
            }
            return .taken
        case .mail(var mail):
            mail.timeout = self.timeout
            return await deliver(mail)
        case .program(let call):
            guard let reason = await runProgram(call) else { return .taken }
            return .failed(reason, retryAfter: nil)
        }
    }

    private func make(_ call: OutgoingCall, _ settings: HTTPClientSettings, _ timeout: Duration) async -> SendResult {
        let request = HTTPRequest(
            call.method,
            call.url,
            headers: call.headers.sorted { $0.key < $1.key }.map { HTTPHeader($0.key, $0.value) },
            body: call.body,
            timeout: timeout,
            bodyLimit: Self.answerBytesMax
        )
        do throws(HTTPClientError) {
            let answer = try await client.send(request, settings: settings)
            return Answer(status: answer.status, retryAfter: answer.header("Retry-After"), body: answer.body)
                .judged(for: call, at: Timestamp(milliseconds: WallClock.now))
        } catch {
            switch error {
            // The receiver took it and said more than anybody wants to read.
            case .bodyTooLarge: return .taken
            // The address may be a secret, and the error quotes it.
            case .badURL: return .refused("the address is no URL that can be asked")
            default: return .failed("\(error)", retryAfter: nil)
            }
        }
    }

    private func deliver(_ mail: Mail) async -> SendResult {
        do throws(HTTPClientError) {
            try await client.sendMail(mail)
            return .taken
        } catch {
            switch error {
            // A server that says 5xx means it; one that says 4xx wants to be asked again.
            case .refused(let words) where Answer.isFinalForMail(words): return .refused(words)
            case .badURL: return .refused("an address cannot be used in a mail")
            default: return .failed("\(error)", retryAfter: nil)
            }
        }
    }

    private static func reveal(_ secret: Secret) throws(ComposingError) -> String {
        if let text = secret.revealInline() { return text }
        guard let path = secret.file else { return "" }
        do throws(FileError) {
            let text = try FileSystem.readText(path, limit: 1 << 20)
            return String(text.reversed().drop { $0.isWhitespace }.reversed())
        } catch {
            throw .secret("\(error)")
        }
    }
}
