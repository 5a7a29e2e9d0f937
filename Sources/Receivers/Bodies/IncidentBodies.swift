import Configuration
import JSON
import Metrics

extension Composer {
    /// The most that PagerDuty takes.
    private static let pagerDutyBytesMax = 512_000

    func pagerDuty(_ settings: PagerDutySettings) throws(ComposingError) -> OutgoingCall {
        var details = JSONObject()
        for detail in settings.details { details[detail.name] = .string(try text(detail.value)) }
        let isOver = message.status == "resolved"
        var body: JSONObject
        if let key = settings.routingKey {
            body = try events(settings, routingKey: secret(key), isOver: isOver, details: details)
            if body.bytes.count > Self.pagerDutyBytesMax {
                let error: JSONValue = ["error": "Custom details have been removed because the event is too large"]
                body = try events(
                    settings,
                    routingKey: secret(key),
                    isOver: isOver,
                    details: error.object ?? JSONObject()
                )
            }
        } else {
            body = try oldEvents(settings, isOver: isOver, details: details)
        }
        // 403 is what PagerDuty answers when there are too many.
        return OutgoingCall(url: settings.url, body: body.bytes, retriedStatuses: [403])
    }

    private func events(
        _ settings: PagerDutySettings,
        routingKey: String,
        isOver: Bool,
        details: JSONObject
    ) throws(ComposingError) -> JSONObject {
        var payload = JSONObject()
        payload["summary"] = .string(try text(settings.description).cut(toScalars: 1024))
        payload["source"] = .string(try text(settings.source))
        payload["severity"] = .string(try text(settings.severity))
        try payload.set("class", text(settings.class))
        try payload.set("component", text(settings.component))
        try payload.set("group", text(settings.group))
        payload["custom_details"] = .object(details)
        var body = JSONObject()
        body["routing_key"] = .string(routingKey)
        body["dedup_key"] = .string(message.groupHash)
        body["event_action"] = .string(isOver ? "resolve" : "trigger")
        body["payload"] = .object(payload)
        try body.set("client", text(settings.client))
        try body.set("client_url", text(settings.clientURL))
        var images: [JSONValue] = []
        for image in settings.images {
            var object = JSONObject()
            try object.set("src", text(image.source))
            try object.set("alt", text(image.alternative))
            try object.set("href", text(image.link))
            if object["src"] != nil { images.append(.object(object)) }
        }
        if !images.isEmpty { body["images"] = .array(images) }
        var links: [JSONValue] = []
        for link in settings.links {
            var object = JSONObject()
            try object.set("href", text(link.address))
            try object.set("text", text(link.text))
            if object["href"] != nil { links.append(.object(object)) }
        }
        if !links.isEmpty { body["links"] = .array(links) }
        return body
    }

    private func oldEvents(
        _ settings: PagerDutySettings,
        isOver: Bool,
        details: JSONObject
    ) throws(ComposingError) -> JSONObject {
        var body = JSONObject()
        if let key = settings.serviceKey { body["service_key"] = .string(try secret(key)) }
        body["event_type"] = .string(isOver ? "resolve" : "trigger")
        body["incident_key"] = .string(message.groupHash)
        body["description"] = .string(try text(settings.description).cut(toScalars: 1024))
        if !isOver {
            try body.set("client", text(settings.client))
            try body.set("client_url", text(settings.clientURL))
        }
        body["details"] = .object(details)
        return body
    }

    func opsgenie(_ settings: OpsgenieSettings) throws(ComposingError) -> [OutgoingCall] {
        let base = settings.url.hasSuffix("/") ? settings.url : settings.url + "/"
        let headers = ["Content-Type": "application/json", "Authorization": "GenieKey \(try secret(settings.key))"]
        func call(_ path: String, _ body: JSONObject, method: String = "POST") -> OutgoingCall {
            OutgoingCall(method: method, url: base + path, headers: headers, body: body.bytes)
        }
        let alias = message.groupHash
        let place = "v2/alerts/\(alias)"
        let kind = "identifierType=alias"
        var body = JSONObject()
        if message.status == "resolved" {
            body["source"] = .string(try text(settings.source))
            return [call("\(place)/close?\(kind)", body)]
        }
        let summary = try text(settings.message).cut(toScalars: 130)
        let description = try text(settings.description)
        body["alias"] = .string(alias)
        body["message"] = .string(summary)
        body.set("description", description)
        body["details"] = .object(try details(settings))
        body["source"] = .string(try text(settings.source))
        let responders = try responders(settings)
        if !responders.isEmpty { body["responders"] = .array(responders) }
        let tags = try list(settings.tags)
        if !tags.isEmpty { body["tags"] = .array(tags.map { .string($0) }) }
        try body.set("note", text(settings.note))
        try body.set("priority", text(settings.priority))
        try body.set("entity", text(settings.entity))
        let actions = try list(settings.actions)
        if !actions.isEmpty { body["actions"] = .array(actions.map { .string($0) }) }
        guard settings.updatesAlerts else { return [call("v2/alerts", body)] }
        return [
            call("v2/alerts", body),
            call(
                "\(place)/message?\(kind)",
                JSONObject([.init(name: "message", value: .string(summary))]),
                method: "PUT"
            ),
            call(
                "\(place)/description?\(kind)",
                JSONObject([.init(name: "description", value: .string(description))]),
                method: "PUT"
            ),
        ]
    }

    private func details(_ settings: OpsgenieSettings) throws(ComposingError) -> JSONObject {
        var details = JSONObject()
        for label in message.commonLabels { details[label.name] = .string(label.value) }
        for detail in settings.details { details[detail.name] = .string(try text(detail.value)) }
        return details
    }

    private func responders(_ settings: OpsgenieSettings) throws(ComposingError) -> [JSONValue] {
        var responders: [JSONValue] = []
        for responder in settings.responders {
            var object = JSONObject()
            try object.set("id", text(responder.id))
            try object.set("name", text(responder.name))
            try object.set("username", text(responder.username))
            let type = try text(responder.type).lowercased()
            guard !object.members.isEmpty else { continue }
            guard type == "teams" else {
                object["type"] = .string(type)
                responders.append(.object(object))
                continue
            }
            for name in try list(responder.name) {
                responders.append(["name": .string(name), "type": "team"])
            }
        }
        return responders
    }

    /// Words between commas.
    private func list(_ template: String) throws(ComposingError) -> [String] {
        try text(template).split(separator: ",").map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        .filter { !$0.isEmpty }
    }

    func victorOps(_ settings: VictorOpsSettings) throws(ComposingError) -> OutgoingCall {
        let base = settings.url.hasSuffix("/") ? settings.url : settings.url + "/"
        let type = try text(settings.messageType)
        let known = ["CRITICAL", "WARNING", "INFO"].contains(type) ? type : "CRITICAL"
        var body = JSONObject()
        for field in settings.customFields { body[field.name] = .string(try text(field.value)) }
        body["message_type"] = .string(message.status == "resolved" ? "RECOVERY" : known)
        body["entity_id"] = .string(message.groupHash)
        body["entity_display_name"] = .string(try text(settings.displayName))
        body["state_message"] = .string(try text(settings.stateMessage).cut(toScalars: 20_480))
        body["monitoring_tool"] = .string(try text(settings.monitoringTool))
        let url = "\(base)\(try secret(settings.key))/\(try text(settings.routingKey))"
        return OutgoingCall(url: url, body: body.bytes)
    }
}
