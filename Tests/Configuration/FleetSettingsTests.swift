import Diagnostics
import Testing
import YAML

@testable import Configuration

@Suite struct FleetSettingsTests {
    private func settings(_ text: String) -> (FleetSettings?, [String]) {
        let source = SourceText(name: "medic.yml", text: text)
        let problems = Problems(in: source)
        let settings = YAMLDocument(source, problems: problems)?.decode(FleetSettings.shape, problems: problems)
        return (settings, problems.diagnostics.map(\.message))
    }

    @Test func `A store on this host has its units protected, one elsewhere has none here`() throws {
        let local = try #require(settings("store: {username: medic}").0?.store)
        #expect(local.host == "/var/run/postgresql" && local.database == "medic")
        #expect(local.units == ["postgresql.service", "postgresql@*"])
        let remote = try #require(settings("{host: web-1, store: {host: db.internal, sslmode: verify-full}}").0)
        #expect(remote.host == "web-1" && remote.store?.units == [])
        let named = try #require(settings("store: {host: 127.0.0.1, units: [db.service]}").0?.store)
        #expect(named.units == ["db.service"])
    }

    @Test func `Without a store there is none, and what makes no sense is told`() {
        #expect(settings("host: web-1").0?.store == nil)
        let (refused, messages) = settings("store: {port: 99999, passwort: x}")
        #expect(refused == nil && messages.count == 2, "\(messages)")
    }
}
