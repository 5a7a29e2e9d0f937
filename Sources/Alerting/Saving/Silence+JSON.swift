public import JSON
import Metrics
import RegularExpressions

extension Silence {
    /// The silence as it is saved.
    public var json: JSONValue {
        .object(
            JSONObject(present: [
                "id": .string(id),
                "matchers": .array(
                    matchers.map { .array([.string($0.name), .string($0.operation.rawValue), .string($0.value)]) }
                ),
                "startsAt": startsAt.json,
                "endsAt": endsAt.json,
                "updatedAt": updatedAt.json,
                "createdBy": .string(createdBy),
                "comment": .string(comment),
                "endsWithAlerts": .boolean(endsWithAlerts),
            ])
        )
    }

    /// Reads what was saved; nil when it is something else.
    public init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let list = json["matchers"]?.array,
            let startsAt = Timestamp(json["startsAt"]), let endsAt = Timestamp(json["endsAt"]),
            let updatedAt = Timestamp(json["updatedAt"])
        else { return nil }
        let matchers = list.compactMap { Self.matcher($0) }
        guard matchers.count == list.count else { return nil }
        self.init(
            id: id,
            matchers: matchers,
            startsAt: startsAt,
            endsAt: endsAt,
            updatedAt: updatedAt,
            createdBy: json["createdBy"]?.string ?? "",
            comment: json["comment"]?.string ?? "",
            endsWithAlerts: json["endsWithAlerts"]?.boolean ?? false
        )
    }

    private static func matcher(_ json: JSONValue) -> LabelMatcher? {
        guard let parts = json.array?.compactMap(\.string), parts.count == 3,
            let operation = LabelMatcher.Operation(rawValue: parts[1])
        else { return nil }
        return try? LabelMatcher(parts[0], operation, parts[2])
    }
}
