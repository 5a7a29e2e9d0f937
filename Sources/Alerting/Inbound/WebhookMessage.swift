public import Metrics

/// What an Alertmanager's webhook says: the body of version 4.
public struct WebhookMessage: Sendable {
    public let groupKey: String
    /// The receiver that the webhook belongs to, as its Alertmanager calls it.
    public let receiver: String
    /// How many alerts of the group the body has no room for.
    public let truncatedAlerts: Int
    public let updates: [AlertUpdate]

    /// - Parameter timesOutAfter: when an alert is taken for over if nothing more is heard of it. An Alertmanager tells of an alert
    ///   that goes on only once in each `repeat_interval`, so this must be longer.
    public init(
        body: [UInt8],
        timesOutAfter: Milliseconds,
        at now: Timestamp,
        limits: InboundLimits = InboundLimits()
    ) throws(BodyComplaint) {
        let field = try BodyField(body: body, "message")
        try field.object()
        let version = try field.member("version").requiredText()
        guard version == "4" else { throw .refused("version must be \"4\", not \(Labels.quoted(version))") }
        groupKey = try field.member("groupKey").text() ?? ""
        receiver = try field.member("receiver").text() ?? ""
        truncatedAlerts = try field.member("truncatedAlerts").count() ?? 0
        let address = try field.member("externalURL").text() ?? ""
        let alerts = field.member("alerts")
        guard let elements = try alerts.elements() else { throw alerts.missing }
        guard elements.count <= limits.alerts else { throw limits.tooMany(elements.count) }
        var updates: [AlertUpdate] = []
        for element in elements {
            let update = try Self.update(element, from: address, timesOutAfter, at: now)
            if let complaint = update.complaint ?? limits.complaint(about: update) {
                throw .refused("\(element.path): \(complaint)")
            }
            updates.append(update)
        }
        self.updates = updates
    }

    private static func update(
        _ field: BodyField,
        from address: String,
        _ timesOutAfter: Milliseconds,
        at now: Timestamp
    ) throws(BodyComplaint) -> AlertUpdate {
        try field.object()
        let labels = field.member("labels")
        guard let pairs = try labels.pairs() else { throw labels.missing }
        let startsAt = try field.member("startsAt").moment()
        let told = try field.member("endsAt").moment()
        return AlertUpdate(
            labels: try PostedAlerts.labels(pairs),
            annotations: try field.member("annotations").pairs() ?? [],
            startsAt: startsAt,
            endsAt: try end(field, told: told, startsAt, timesOutAfter, at: now),
            generatorURL: try field.member("generatorURL").text() ?? "",
            origin: .webhook(from: address)
        )
    }

    /// What fires has no end, or one to come. What is over has one, which a clock that is ahead must not move into the future.
    private static func end(
        _ field: BodyField,
        told: Timestamp?,
        _ startsAt: Timestamp?,
        _ timesOutAfter: Milliseconds,
        at now: Timestamp
    ) throws(BodyComplaint) -> Timestamp {
        let status = field.member("status")
        switch try status.requiredText() {
        case "firing":
            if let told, told > now { return told }
            return max(now + timesOutAfter, startsAt ?? now)
        case "resolved":
            return max(min(told ?? now, now), startsAt ?? .epoch)
        case let other:
            throw .refused("\(status.path) must be \"firing\" or \"resolved\", not \(Labels.quoted(other))")
        }
    }
}
