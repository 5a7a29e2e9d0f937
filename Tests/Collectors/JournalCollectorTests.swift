import Collectors
import Configuration
import EventLoop
import Foundation
import Instruments
import Logging
import Metrics
import Storage
import TestServers
import Testing

@Suite(.enabled(if: Host.canBeMade, "no throw-away host here"))
struct JournalCollectorTests {
    @Test func `Entries of a real journal are counted`() async throws {
        try await Host.rehearse("CollectorsTests.JournalCountScenarios")
    }
}

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct JournalCountScenarios {
    @Test func `Entries count by unit and priority, lines by pattern, and units beyond the limit as one`() async throws
    {
        let loop = try EventLoop(named: "journal-test")
        loop.start()
        let store = SampleStore()
        var settings = JournalCollectorSettings()
        settings.basics.interval = Milliseconds(200)
        settings.maxUnits = 2
        settings.exclude = "init.scope|dbus.service|systemd-journald.service|with-host.service"
        settings.patterns = [.init(name: "oom", regex: "Out of (memory|hope)", unit: "speaker.*")]
        let collector = try JournalCollector(
            settings,
            labels: settings.basics.commonLabels(job: "journal", instance: "ward"),
            loop: loop,
            store: store,
            instruments: Instruments(),
            log: Logger(.discarding(), component: "test"),
            landed: { _, _ in Bell.landed.ring() }
        )
        collector.start()
        await Bell.wait { store.value("up") == 1 }
        // Through a stream: the journal knows whose it is, however fast the writer is gone.
        let speak = "systemd-run --quiet --wait --unit speaker sh -c"
        try Host.shell("\(speak) 'echo \"<3>Out of memory: killed\"; echo \"<3>fine\"'")
        let errors = ["name": "speaker.service", "priority": "err", "job": "journal"]
        await Bell.wait { store.value("systemd_journal_entries_total", errors) == 2 }
        await Bell.wait { store.value("systemd_journal_matches_total", ["pattern": "oom"]) == 1 }

        // The count began at zero: the first lines are an increase.
        let matcher = LabelMatcher(Labels.metricName, equals: "systemd_journal_matches_total")
        let home = store.readIndex { index in index.select([matcher]).first.flatMap { index.currentHome(of: $0) } }
        let place = try #require(home)
        let view = store.view(of: place.timeline)
        let values = (view.firstFrame..<view.endFrame).map { view.value(slot: place.slot, frame: $0) }
        #expect(values.first { !$0.isAbsent } == 0)

        for name in ["one", "two", "three"] {
            try Host.shell("systemd-run --quiet --wait --unit \(name) sh -c 'echo Out of hope'")
        }
        await Bell.wait { (store.newest("systemd_journal_entries_total", ["name": "other"]).values.reduce(0, +)) >= 2 }
        #expect(store.newest("systemd_journal_matches_total").count == 1)
        let names = Set(store.newest("systemd_journal_entries_total").keys.compactMap { $0["name"] })
        #expect(names.count <= 3)
        collector.stop()
        loop.stop()
    }
}
