import Alerting
import Configuration
import HTTPClient
import HTTPSettings
import Metrics
import Secrets

/// What is to be done to tell a receiver.
enum Plan: Sendable {
    /// One after the other, as long as each is answered well.
    /// Each within a time, where the receiver says one.
    case calls([OutgoingCall], HTTPClientSettings, timeout: Duration?)
    case mail(Mail)
    case program(NotificationSender.ProgramCall)
}

extension Composer {
    func plan(_ kind: IntegrationSettings.Kind) throws(ComposingError) -> Plan {
        func one(_ call: OutgoingCall, _ http: HTTPClientSettings, _ timeout: Milliseconds? = nil) -> Plan {
            .calls([call], http, timeout: timeout.map { .milliseconds($0.rawValue) })
        }
        switch kind {
        case .webhook(let settings): return one(try webhook(settings), settings.http, settings.timeout)
        case .slack(let settings): return one(try slack(settings), settings.http)
        case .pagerduty(let settings): return one(try pagerDuty(settings), settings.http)
        case .opsgenie(let settings):
            return .calls(try opsgenie(settings), settings.http, timeout: nil)
        case .victorops(let settings): return one(try victorOps(settings), settings.http)
        case .telegram(let settings): return .calls(try telegram(settings), settings.http, timeout: nil)
        case .discord(let settings): return one(try discord(settings), settings.http)
        case .msteams(let settings): return one(try teams(settings), settings.http)
        case .msteamsv2(let settings): return one(try teamsFlows(settings), settings.http)
        case .pushover(let settings): return one(try pushover(settings), settings.http)
        case .webex(let settings): return one(try webex(settings), settings.http)
        case .alertmanager(let settings): return one(alertmanager(settings), settings.http, settings.timeout)
        case .email(let settings): return .mail(try envelope(settings))
        case .exec(let settings): return .program(try program(settings))
        }
    }

    private func envelope(_ settings: EmailSettings) throws(ComposingError) -> Mail {
        let mail = try mail(settings)
        return Mail(
            server: settings.smarthost,
            hello: settings.hello,
            sender: mail.sender,
            recipients: mail.recipients,
            message: mail.bytes,
            security: settings.beginsWithTLS ? .fromTheStart : settings.requiresTLS ? .required : .whereOffered,
            tls: settings.tls,
            username: settings.username.isEmpty ? nil : settings.username,
            password: settings.username.isEmpty ? nil : settings.password ?? settings.secret,
            identity: settings.identity.isEmpty ? nil : settings.identity
        )
    }

    private func program(_ settings: ExecSettings) throws(ComposingError) -> NotificationSender.ProgramCall {
        var command: [String] = []
        for word in settings.command { command.append(try text(word)) }
        var environment = [
            (name: "MEDIC_NOTIFICATION", value: message.notification.id),
            (name: "MEDIC_RECEIVER", value: message.receiver),
            (name: "MEDIC_STATUS", value: message.status),
        ]
        for variable in settings.environment { environment.append((variable.name, try text(variable.value))) }
        return NotificationSender.ProgramCall(
            command: command,
            environment: environment,
            input: WebhookBody.bytes(message, attachments: attachments),
            timeout: .milliseconds(settings.timeout.rawValue)
        )
    }
}
