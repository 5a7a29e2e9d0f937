import Metrics

/// The alerts of `POST /api/v2/alerts`, as a Prometheus sends them.
public struct PostedAlerts: Sendable {
    /// Those that make sense.
    public let updates: [AlertUpdate]
    /// What is wrong with the others. Like Alertmanager, medic takes the rest all the same.
    public let complaints: [String]

    public init(body: [UInt8], limits: InboundLimits = InboundLimits()) throws(BodyComplaint) {
        let fields = try BodyField(body: body, "alerts").elements() ?? []
        guard fields.count <= limits.alerts else { throw limits.tooMany(fields.count) }
        var updates: [AlertUpdate] = []
        var complaints: [String] = []
        for field in fields {
            let update = try Self.update(field)
            if let complaint = update.complaint ?? limits.complaint(about: update) {
                complaints.append(fields.count == 1 ? complaint : "\(field.path): \(complaint)")
            } else {
                updates.append(update)
            }
        }
        self.updates = updates
        self.complaints = complaints
    }

    private static func update(_ field: BodyField) throws(BodyComplaint) -> AlertUpdate {
        try field.object()
        let labels = field.member("labels")
        guard let pairs = try labels.pairs() else { throw labels.missing }
        let address = field.member("generatorURL")
        let generatorURL = try address.text() ?? ""
        guard generatorURL.isEmpty || isAddress(generatorURL) else {
            let text = Labels.quoted(generatorURL)
            throw .invalid(.invalidType, "\(address.path) in body must be of type uri: \(text)")
        }
        return AlertUpdate(
            labels: try Self.labels(pairs),
            annotations: try field.member("annotations").pairs() ?? [],
            startsAt: try field.member("startsAt").moment(),
            endsAt: try field.member("endsAt").moment(),
            generatorURL: generatorURL,
            origin: .api
        )
    }

    /// A label without a value is none; one without a name is a mistake.
    static func labels(_ pairs: [Label]) throws(BodyComplaint) -> Labels {
        if pairs.contains(where: \.name.isEmpty) { throw .refused("invalid label set: invalid name \"\"") }
        return Labels(pairs)
    }

    /// Whether it is a path, or begins with a scheme, and holds nothing that must be escaped.
    private static func isAddress(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return false }
        if text.hasPrefix("/") { return true }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = text.utf8[..<colon]
        return scheme.first.map(Self.isLetter) ?? false
            && scheme.allSatisfy { Self.isLetter($0) || "0123456789+-.".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

/// How large alerts from outside may be. Whoever sends more than this does not send alerts.
public struct InboundLimits: Hashable, Sendable {
    /// In one body.
    public var alerts = 20_000
    /// Labels, and annotations, of one alert.
    public var pairs = 128
    public var nameBytes = 1 << 10
    public var valueBytes = 64 << 10

    public init() {}

    func tooMany(_ count: Int) -> BodyComplaint {
        .refused("alerts: \(count) alerts in one body, and no more than \(alerts) are taken")
    }

    /// What is too large about an alert; nil when nothing is.
    func complaint(about update: AlertUpdate) -> String? {
        complaint(about: update.labels.array, "labels") ?? complaint(about: update.annotations, "annotations")
    }

    private func complaint(about all: [Label], _ kind: String) -> String? {
        if all.count > pairs { return "\(kind): \(all.count) of them, and no more than \(pairs) are taken" }
        if let long = all.first(where: { $0.name.utf8.count > nameBytes }) {
            return
                "\(kind): the name \(Labels.quoted(String(long.name.prefix(40))))... is longer than \(nameBytes) bytes"
        }
        if let long = all.first(where: { $0.value.utf8.count > valueBytes }) {
            return "\(kind).\(long.name): longer than \(valueBytes) bytes"
        }
        return nil
    }
}
