import HTTPServer
import JSON
import Testing

@testable import Web

/// What Grafana asks of an Alertmanager data source.
@Suite struct GrafanaAlertmanagerTests {
    private static let silence =
        #"{"matchers":[{"name":"alertname","value":"A","isRegex":false,"isEqual":true}],"startsAt":"2026-07-10T10:00:00.000Z","#
        + #""endsAt":"2099-07-10T12:00:00.000Z","createdBy":"admin","comment":"created 2026-07-10"}"#

    @Test func `What tells Mimir from Alertmanager is not there`() async throws {
        let room = AlertRoom(try StandInAlertDesk())
        for path in [
            "/alertmanager/api/v2/status", "/alertmanager/api/v2/silences", "/alertmanager", "/api/v2", "/api/v2/",
            "/api/v1/silences", "/api/v1/receivers", "/api/v1/alerts/groups", "/multitenant_alertmanager/status",
            "/api/v2/alerts/x", "/api/v2/silences/x", "/api/v2/status/x", "/webhook/x",
        ] {
            #expect(await room.ask("GET", path).status == 404, "\(path)")
        }
    }

    @Test func `Its page of groups, silences and contact points is filled`() async throws {
        let room = AlertRoom(try StandInAlertDesk("{receiver: team, group_by: [alertname]}"))
        let alerts = #"[{"labels":{"alertname":"A","grafana_folder":"f"}},{"labels":{"alertname":"B","job":"x"}}]"#
        #expect(await room.ask("POST", "/api/v2/alerts", alerts).status == 200)
        let made = await room.ask("POST", "/api/v2/silences", Self.silence)
        let id = try #require(try JSONValue(parsing: made.text)["silenceID"]?.string)
        func count(_ target: String) async throws -> Int? {
            let answer = await room.ask("GET", target)
            #expect(answer.status == 200, "\(target)")
            return try JSONValue(parsing: answer.text).array?.count
        }
        #expect(try await count("/api/v2/alerts/groups?silenced=true&active=true&inhibited=true") == 2)
        #expect(try await count("/api/v2/alerts/groups?filter=alertname%3D%22A%22&silenced=true&active=true") == 1)
        #expect(try await count("/api/v2/alerts/groups?active=false&silenced=true&inhibited=false&muted=false") == 1)
        #expect(try await count("/api/v2/alerts?filter=job%3D~%22x%7Cy%22&unprocessed=true") == 1)
        #expect(try await count("/api/v2/silences?filter=alertname%3D%22A%22") == 1)
        #expect(try await count("/api/v2/receivers") == 1)
        let status = try JSONValue(parsing: await room.ask("GET", "/api/v2/status").text)
        #expect(status["config"]?["original"]?.string?.contains("receiver: team") == true)
        #expect(status["versionInfo"]?["version"]?.string != nil && status["cluster"]?["status"] == "disabled")
        // Its form sends the whole silence again, with another end.
        let again = #"{"id":"\#(id)","# + Self.silence.dropFirst().replacing("2099", with: "2098")
        #expect(await room.ask("POST", "/api/v2/silences", again).status == 200)
        #expect(await room.ask("DELETE", "/api/v2/silence/\(id)").status == 200)
        let ended = try JSONValue(parsing: await room.ask("GET", "/api/v2/silence/\(id)").text)
        #expect(ended["status"]?["state"] == "expired")
    }

    @Test func `Somebody looks after an alert, and then nobody does`() async throws {
        let room = AlertRoom(try StandInAlertDesk())
        _ = await room.ask("POST", "/api/v2/alerts", #"[{"labels":{"alertname":"A"}}]"#)
        let listed = try JSONValue(parsing: await room.ask("GET", "/api/v2/alerts").text)
        let fingerprint = try #require(listed.array?.first?["fingerprint"]?.string)
        func words() async throws -> [JSONValue] {
            let answer = await room.ask("GET", "/medic/v1/acknowledgements")
            return try JSONValue(parsing: answer.text)["data"]?["acknowledgements"]?.array ?? []
        }
        let form = [("Content-Type", "application/x-www-form-urlencoded")]
        let path = "/medic/v1/alerts/\(fingerprint)"
        let answer = await room.ask("POST", path + "/acknowledge", "comment=on+it&by=ada", headers: form)
        #expect(answer.status == 200 && answer.text.contains("ada looks after the alert"))
        let word = try #require(try await words().first)
        #expect(word["by"] == "ada" && word["comment"] == "on it" && word["labels"] == ["alertname": "A"])
        #expect(await room.ask("POST", path + "/unacknowledge", "", headers: form).status == 200)
        #expect(try await words().isEmpty)
        #expect(await room.ask("POST", path + "/unacknowledge", "", headers: form).status == 404)
        #expect(
            await room.ask("POST", "/medic/v1/alerts/0000000000000000/acknowledge", "", headers: form).status == 404
        )
        #expect(await room.ask("POST", "/medic/v1/alerts/x/acknowledge", "", headers: form).status == 400)
        let reader = await room.ask("POST", path + "/acknowledge", "", headers: form, peer: .tcp(address: "127.0.0.1"))
        #expect(reader.status == 403)
    }
}
