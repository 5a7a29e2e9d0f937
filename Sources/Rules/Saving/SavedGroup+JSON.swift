public import JSON
import Metrics

// Every moment is whole milliseconds and every value is written with all its bits, so that what is read is what was saved.
extension SavedGroup {
    public var json: JSONValue {
        [
            "group": .string(key),
            "evaluated_at": evaluatedAt.map { .integer($0.rawValue) } ?? .null,
            "rules": .array(
                rules.map { rule in
                    ["name": .string(rule.name), "alerts": .array(rule.alerts.map(\.json))]
                }
            ),
        ]
    }

    /// Nil when the tree is not one that `json` makes.
    public init?(json: JSONValue) {
        guard let key = json["group"]?.string, let rules = json["rules"]?.array else { return nil }
        var decoded: [Rule] = []
        for rule in rules {
            guard let name = rule["name"]?.string, let alerts = rule["alerts"]?.array else { return nil }
            let known = alerts.compactMap(Alert.init(json:))
            guard known.count == alerts.count else { return nil }
            decoded.append(Rule(name: name, alerts: known))
        }
        self.init(key: key, evaluatedAt: json["evaluated_at"]?.timestamp, rules: decoded)
    }
}

extension Alert {
    var json: JSONValue {
        [
            "labels": .labels(labels.array),
            "source": .labels(source.array),
            "annotations": .labels(annotations),
            "value": .string(String(value.bitPattern, radix: 16)),
            "state": state.json,
            "acknowledgement": acknowledgement?.json ?? .null,
            "flapping": [
                "results": .integer(Int64(flapping.results)), "count": .integer(Int64(flapping.count)),
                "now": .boolean(flapping.isFlapping),
            ],
        ]
    }

    init?(json: JSONValue) {
        guard let labels = json["labels"]?.labels, let source = json["source"]?.labels,
            let annotations = json["annotations"]?.labels, let state = json["state"].flatMap(State.init(json:)),
            let bits = json["value"]?.string.flatMap({ UInt64($0, radix: 16) }),
            let results = json["flapping"]?["results"]?.integer.flatMap({ UInt32(exactly: $0) }),
            let count = json["flapping"]?["count"]?.integer.flatMap({ Int(exactly: $0) })
        else { return nil }
        self.init(
            labels: Labels(labels),
            source: Labels(source),
            annotations: annotations,
            value: Double(bitPattern: bits),
            state: state,
            acknowledgement: json["acknowledgement"].flatMap(Acknowledgement.init(json:)),
            flapping: FlapHistory(
                results: results,
                count: count,
                isFlapping: json["flapping"]?["now"]?.boolean ?? false
            )
        )
    }
}

extension Alert.State {
    var json: JSONValue {
        switch self {
        case .pending(let since, let missed):
            ["is": "pending", "since": .integer(since.rawValue), "missed": .integer(Int64(missed))]
        case .firing(let activeSince, let since, let keptSince):
            [
                "is": "firing", "active_since": .integer(activeSince.rawValue), "since": .integer(since.rawValue),
                "kept_since": keptSince.map { .integer($0.rawValue) } ?? .null,
            ]
        case .resolved(let activeSince, let firedAt, let at):
            [
                "is": "resolved", "active_since": .integer(activeSince.rawValue),
                "fired_at": .integer(firedAt.rawValue), "at": .integer(at.rawValue),
            ]
        }
    }

    init?(json: JSONValue) {
        switch json["is"]?.string {
        case "pending":
            guard let since = json["since"]?.timestamp, let missed = json["missed"]?.integer else { return nil }
            self = .pending(since: since, missed: Int(missed))
        case "firing":
            guard let active = json["active_since"]?.timestamp, let since = json["since"]?.timestamp else { return nil }
            self = .firing(activeSince: active, since: since, keptSince: json["kept_since"]?.timestamp)
        case "resolved":
            guard let active = json["active_since"]?.timestamp, let fired = json["fired_at"]?.timestamp,
                let at = json["at"]?.timestamp
            else { return nil }
            self = .resolved(activeSince: active, firedAt: fired, at: at)
        default: return nil
        }
    }
}

extension Acknowledgement {
    fileprivate var json: JSONValue {
        ["by": .string(by), "at": .integer(at.rawValue), "comment": .string(comment)]
    }

    fileprivate init?(json: JSONValue) {
        guard let by = json["by"]?.string, let at = json["at"]?.timestamp else { return nil }
        self.init(by: by, at: at, comment: json["comment"]?.string ?? "")
    }
}

extension JSONValue {
    fileprivate var timestamp: Timestamp? { integer.map { Timestamp(milliseconds: $0) } }

    fileprivate static func labels(_ labels: [Label]) -> JSONValue {
        .object(JSONObject(labels.map { JSONObject.Member(name: $0.name, value: .string($0.value)) }))
    }

    fileprivate var labels: [Label]? {
        guard let members = object?.members else { return nil }
        let labels = members.compactMap { member in member.value.string.map { Label(member.name, $0) } }
        return labels.count == members.count ? labels : nil
    }
}
