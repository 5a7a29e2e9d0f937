public import JSON
import Systemd
import SystemBus

/// What takes a deed back, as data: kept in the record of a run, and in a file for when medic itself is gone.
public indirect enum Undo: Sendable, Hashable {
    /// Puts a stored content back, unless somebody has changed the file since medic did, and has these units take it up.
    case file(path: String, former: String, written: String, units: [String])
    case job(verb: String, unit: String)
    /// Values as the bus had them: numbers, or yes and no.
    case properties(unit: String, [JSONObject.Member], runtime: Bool)
    case freezer(unit: String, thaws: Bool)
    case request(method: String, url: String, headers: [JSONObject.Member], body: String)
    /// Puts the entries of a quarantine file back where they came from.
    case requeue(quarantine: String)
    case silence(identity: String)
    /// One after the other.
    case all([Undo])

    public var json: JSONValue {
        switch self {
        case .file(let path, let former, let written, let units):
            [
                "kind": "file", "path": .string(path), "former": .string(former), "written": .string(written),
                "units": .array(units.map { .string($0) }),
            ]
        case .job(let verb, let unit): ["kind": "job", "verb": .string(verb), "unit": .string(unit)]
        case .properties(let unit, let values, let runtime):
            [
                "kind": "properties", "unit": .string(unit), "values": .object(JSONObject(values)),
                "runtime": .boolean(runtime),
            ]
        case .freezer(let unit, let thaws): ["kind": "freezer", "unit": .string(unit), "thaws": .boolean(thaws)]
        case .request(let method, let url, let headers, let body):
            [
                "kind": "request", "method": .string(method), "url": .string(url),
                "headers": .object(JSONObject(headers)), "body": .string(body),
            ]
        case .requeue(let quarantine): ["kind": "requeue", "quarantine": .string(quarantine)]
        case .silence(let identity): ["kind": "silence", "identity": .string(identity)]
        case .all(let undos): ["kind": "all", "parts": .array(undos.map(\.json))]
        }
    }

    /// nil for what no version of medic has written.
    public init?(json: JSONValue) {
        guard let kind = json["kind"]?.string else { return nil }
        func text(_ name: String) -> String? { json[name]?.string }
        switch kind {
        case "file":
            guard let path = text("path"), let former = text("former"), let written = text("written") else {
                return nil
            }
            let units = (json["units"]?.array ?? []).compactMap(\.string)
            self = .file(path: path, former: former, written: written, units: units)
        case "job":
            guard let verb = text("verb"), let unit = text("unit") else { return nil }
            self = .job(verb: verb, unit: unit)
        case "properties":
            guard let unit = text("unit"), let values = json["values"]?.object, let runtime = json["runtime"]?.boolean
            else { return nil }
            self = .properties(unit: unit, values.members, runtime: runtime)
        case "freezer":
            guard let unit = text("unit"), let thaws = json["thaws"]?.boolean else { return nil }
            self = .freezer(unit: unit, thaws: thaws)
        case "request":
            guard let method = text("method"), let url = text("url"), let headers = json["headers"]?.object,
                let body = text("body")
            else { return nil }
            self = .request(method: method, url: url, headers: headers.members, body: body)
        case "requeue":
            guard let quarantine = text("quarantine") else { return nil }
            self = .requeue(quarantine: quarantine)
        case "silence":
            guard let identity = text("identity") else { return nil }
            self = .silence(identity: identity)
        case "all":
            guard let parts = json["parts"]?.array else { return nil }
            let undos = parts.compactMap { Undo(json: $0) }
            guard undos.count == parts.count else { return nil }
            self = .all(undos)
        default: return nil
        }
    }
}
