public import Configuration
public import Instruments

/// Everything about alerts, silences and who is told of them that can be asked for.
public struct AlertManagingRoutes: Sendable {
    public let routes: [Route]

    public init(
        _ alerts: any AlertDesk,
        _ agent: any AgentDesk,
        _ settings: WebSettings,
        _ instruments: Instruments
    ) {
        routes =
            AlertmanagerRoutes(alerts, instruments).routes + SilenceRoutes(alerts).routes
            + AlertStatusRoute(alerts, of: agent).routes + AcknowledgementRoutes(alerts).routes
            + WebhookRoute(alerts, timesOutAfter: settings.webhookResolveTimeout, instruments).routes
    }
}
