import Diagnostics
import Metrics
import Testing
import YAML

@testable import Alerting

@Suite struct `Inhibition` {
    static let now = Timestamp(milliseconds: 1_000_000)

    static func rules(_ text: String) throws -> [InhibitRule] {
        let source = SourceText(text: text)
        let problems = Problems(in: source)
        let document = try #require(YAMLDocument(source, problems: problems))
        return try #require(document.decode(.list(of: .inhibitRule), problems: problems), "\(problems.diagnostics)")
    }

    static func alert(_ labels: Labels, endsAt: Timestamp? = nil) -> ReceivedAlert {
        ReceivedAlert(labels: labels, startsAt: now, endsAt: endsAt, updatedAt: now)
    }

    static let page =
        "[{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [alertname, dc]}]"

    @Test func `A firing source keeps its targets quiet while it fires`() throws {
        var inhibitor = Inhibitor(try Self.rules(Self.page))
        let source = Self.alert(["alertname": "A", "dc": "1", "severity": "critical"])
        inhibitor.update(source, at: Self.now)
        #expect(
            inhibitor.inhibitor(of: ["alertname": "A", "dc": "1", "severity": "warning"], at: Self.now)
                == source.fingerprint
        )
        #expect(inhibitor.inhibitor(of: ["alertname": "A", "dc": "2", "severity": "warning"], at: Self.now) == nil)
        #expect(inhibitor.inhibitor(of: ["alertname": "A", "dc": "1", "severity": "info"], at: Self.now) == nil)
        inhibitor.update(Self.alert(source.labels, endsAt: Self.now), at: Self.now)
        #expect(inhibitor.inhibitor(of: ["alertname": "A", "dc": "1", "severity": "warning"], at: Self.now) == nil)
    }

    @Test func `A source whose time has run out inhibits no more`() throws {
        var inhibitor = Inhibitor(try Self.rules(Self.page))
        let end = Self.now + .seconds(60)
        inhibitor.update(Self.alert(["alertname": "A", "severity": "critical"], endsAt: end), at: Self.now)
        let target: Labels = ["alertname": "A", "severity": "warning"]
        #expect(inhibitor.inhibitor(of: target, at: end - Milliseconds(1)) != nil)
        #expect(inhibitor.inhibitor(of: target, at: end) == nil)
    }

    @Test func `A label that both lack is agreement, one that one lacks is not`() throws {
        var inhibitor = Inhibitor(try Self.rules(Self.page))
        inhibitor.update(Self.alert(["alertname": "A", "severity": "critical"]), at: Self.now)
        #expect(inhibitor.inhibitor(of: ["alertname": "A", "severity": "warning"], at: Self.now) != nil)
        #expect(inhibitor.inhibitor(of: ["alertname": "A", "dc": "1", "severity": "warning"], at: Self.now) == nil)
    }

    @Test func `An alert that is source and target inhibits neither itself nor another such alert`() throws {
        var inhibitor = Inhibitor(
            try Self.rules("[{source_match: {kind: db}, target_match_re: {severity: '.+'}, equal: [dc]}]")
        )
        let both = Self.alert(["dc": "1", "kind": "db", "severity": "page"])
        inhibitor.update(both, at: Self.now)
        #expect(inhibitor.inhibitor(of: both.labels, at: Self.now) == nil)
        #expect(inhibitor.inhibitor(of: ["dc": "1", "kind": "db", "severity": "warning"], at: Self.now) == nil)
        // A target that is no source is inhibited by it all the same.
        #expect(inhibitor.inhibitor(of: ["dc": "1", "severity": "warning"], at: Self.now) == both.fingerprint)
        let pure = Self.alert(["dc": "1", "kind": "db"])
        inhibitor.update(pure, at: Self.now)
        #expect(inhibitor.inhibitor(of: both.labels, at: Self.now) == pure.fingerprint)
    }

    @Test func `Without equal labels any source inhibits any target`() throws {
        var inhibitor = Inhibitor(try Self.rules("[{source_matchers: [a=b], target_matchers: [c=d]}]"))
        let source = Self.alert(["a": "b"])
        inhibitor.update(source, at: Self.now)
        #expect(inhibitor.inhibitor(of: ["c": "d", "e": "f"], at: Self.now) == source.fingerprint)
        inhibitor.remove(source)
        #expect(inhibitor.inhibitor(of: ["c": "d", "e": "f"], at: Self.now) == nil)
    }
}
