import Diagnostics
import Metrics
import Playbooks
import Testing
import YAML

@testable import Configuration

@Suite struct `What a host lets playbooks do` {
    private func decode(_ text: String) -> (settings: ActionSettings?, problems: [String]) {
        let source = SourceText(text: text)
        let problems = Problems(in: source)
        let document = YAMLDocument(source, problems: problems)
        let settings = document?.decode(ActionSettings.shape, problems: problems)
        return (settings, problems.diagnostics.map(\.message))
    }

    @Test func `Nothing said permits nothing, and keeps to the limits that are known to be sane`() {
        let (settings, problems) = decode("")
        #expect(problems == [])
        #expect(settings == ActionSettings())
        #expect(settings?.healing.ceiling == .auto)
        #expect(settings?.healing.hostLimit.runs == 20)
    }

    @Test func `Everything can be said, and a protected unit is one more`() {
        let (settings, problems) = decode(
            """
            mode: approve
            limit: {runs: 100}
            boot_grace: 0s
            storm: {subjects: 50, share: 90, within: 1m}
            approval_expires: 5m
            protect: ['keep-*']
            permit: {actions: ['systemd.*']}
            """
        )
        #expect(problems == [])
        let healing = settings?.healing
        #expect(healing?.ceiling == .approve)
        #expect(healing?.hostLimit.runs == 100)
        #expect(healing?.hostLimit.within == .hours(1))
        #expect(healing?.bootGrace == .zero)
        #expect(healing?.storm.subjects == 50)
        #expect(healing?.storm.share == 90)
        #expect(healing?.storm.within == .minutes(1))
        #expect(healing?.approvalExpires == .minutes(5))
        #expect(healing?.protectedUnits.contains("keep-*") == true)
        #expect(healing?.protectedUnits.contains("dbus.service") == true)
    }

    @Test func `Everything wrong is told at once`() {
        let (_, problems) = decode(
            "limit: {runs: 0}\nstorm: {share: 101}\napproval_expires: 0s\nprotect: ['']\nlimits: 3"
        )
        #expect(problems.count == 5)
    }
}
