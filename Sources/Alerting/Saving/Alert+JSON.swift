public import JSON
import Metrics

extension ReceivedAlert {
    /// The alert as it is saved.
    public var json: JSONValue {
        .object(
            JSONObject(present: [
                "labels": labels.json,
                "annotations": annotations.json,
                "startsAt": startsAt.json,
                "endsAt": endsAt?.json,
                "updatedAt": updatedAt.json,
                "timesOut": .boolean(timesOut),
                "generatorURL": .string(generatorURL),
                "origin": .string(origin.text),
            ])
        )
    }

    /// Reads what was saved; nil when it is something else.
    public init?(_ json: JSONValue) {
        guard let labels = Labels(json["labels"]), let annotations = [Label](json["annotations"]),
            let startsAt = Timestamp(json["startsAt"]), let updatedAt = Timestamp(json["updatedAt"])
        else { return nil }
        self.init(
            labels: labels,
            annotations: annotations,
            startsAt: startsAt,
            endsAt: Timestamp(json["endsAt"]),
            updatedAt: updatedAt,
            timesOut: json["timesOut"]?.boolean ?? false,
            generatorURL: json["generatorURL"]?.string ?? "",
            origin: Origin(json["origin"]?.string ?? "api")
        )
    }
}

extension ReceivedAlert.Origin {
    /// For saving, and for people: `own`, `api`, `webhook http://...`.
    public var text: String {
        switch self {
        case .own: "own"
        case .api: "api"
        case .webhook(let address): "webhook \(address)"
        }
    }

    init(_ text: String) {
        if text == "own" {
            self = .own
        } else if text.hasPrefix("webhook ") {
            self = .webhook(from: String(text.dropFirst("webhook ".count)))
        } else {
            self = .api
        }
    }
}

extension AlertAcknowledgement {
    public var json: JSONValue {
        .object(
            JSONObject(present: [
                "fingerprint": .string(fingerprint.description), "by": .string(by), "comment": .string(comment),
                "at": at.json,
            ])
        )
    }

    /// Reads what was saved; nil when it is something else.
    public init?(_ json: JSONValue) {
        guard let fingerprint = json["fingerprint"]?.string.flatMap({ Fingerprint($0) }), let by = json["by"]?.string,
            let at = Timestamp(json["at"])
        else { return nil }
        self.init(fingerprint: fingerprint, by: by, comment: json["comment"]?.string ?? "", at: at)
    }
}
