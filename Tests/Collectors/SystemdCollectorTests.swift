import Collectors
import Configuration
import EventLoop
import Foundation
import Instruments
import Logging
import Metrics
import Storage
import Synchronization
import SystemBus
import Systemd
import TestServers
import Testing

@Suite(.enabled(if: Host.canBeMade, "no throw-away host here"))
struct SystemdCollectorTests {
    @Test func `Units of a real systemd become series`() async throws {
        try await Host.rehearse("CollectorsTests.UnitScenarios")
    }

    @Test func `A host of thousands of units stays cheap`() async throws {
        try await Host.rehearse("CollectorsTests.CrowdScenarios")
    }
}

/// A collector on a loop of its own, connected to the host's bus.
final class CollectorWorld: Sendable {
    let loop: EventLoop
    let bus: SystemBus
    let manager: ServiceManager
    let collector: SystemdCollector
    let store = SampleStore()
    let landings: Landings
    let sink = LogSink.recording()

    init(interval: Milliseconds = .seconds(1)) throws {
        loop = try EventLoop(named: "senses")
        loop.start()
        let log = Logger(sink, component: "test")
        bus = SystemBus(loop: loop, log: log)
        manager = ServiceManager(bus: bus, log: log)
        var settings = SystemdCollectorSettings()
        settings.basics.interval = interval
        let landings = Landings(store)
        self.landings = landings
        collector = try SystemdCollector(
            settings,
            labels: settings.basics.commonLabels(job: "systemd", instance: "ward"),
            manager: manager,
            store: store,
            instruments: Instruments(),
            log: log
        ) { _, _ in
            landings.look()
            Bell.landed.ring()
        }
        manager.start()
        bus.start()
        collector.start()
    }

    func close() {
        collector.stop()
        bus.stop()
        loop.stop()
    }

    func wait(_ seconds: Double = 10, until holds: () -> Bool) async throws {
        if await Bell.landed.waits(seconds, until: holds) { return }
        Issue.record("waited in vain: \(store.statistics) \(bus.statistics)")
        for entry in sink.entries { print("measured: log", entry) }
        throw CancellationError()
    }

    func state(_ unit: String, _ state: String) -> Double? {
        store.value("node_systemd_unit_state", ["name": unit, "state": state])
    }
}

/// Notes when a series first had a value, as the rules would see it: when `landed` was called.
final class Landings: Sendable {
    private struct Wish {
        let unit: String
        let state: String
        var seen: MonotonicInstant?
    }

    private let store: SampleStore
    private let wish = Mutex<Wish?>(nil)

    init(_ store: SampleStore) { self.store = store }

    func expect(_ unit: String, _ state: String) {
        wish.withLock { $0 = Wish(unit: unit, state: state) }
    }

    func look() {
        let now = MonotonicInstant.now
        wish.withLock { wish in
            guard let current = wish, current.seen == nil else { return }
            if store.value("node_systemd_unit_state", ["name": current.unit, "state": current.state]) == 1 {
                wish?.seen = now
            }
        }
    }

    var seen: MonotonicInstant? { wish.withLock { $0?.seen } }
}

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct UnitScenarios {
    init() throws {
        let sleeper = "ExecStart=/bin/sleep infinity\n"
        try Host.write("patient.service", "[Unit]\nStartLimitIntervalSec=0\n[Service]\n" + sleeper)
        try Host.write(
            "phoenix.service",
            "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=0\n" + sleeper
        )
        try Host.write("beat.timer", "[Timer]\nOnActiveSec=100ms\nOnUnitActiveSec=1h\nAccuracySec=1ms\n")
        try Host.write("beat.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n")
        try Host.shell("systemctl daemon-reload; systemctl reset-failed; systemctl start patient phoenix beat.timer")
    }

    @Test func `A unit that is killed is a sample by its signal, not by the next look`() async throws {
        let world = try CollectorWorld()
        try await world.wait { world.state("patient.service", "active") == 1 }
        try await measureKills(world, "killed to landed, median of 50:")
        world.close()
    }

    @Test func `Restarts, failures, new units and those that go are told at once`() async throws {
        let world = try CollectorWorld(interval: .seconds(3_600))
        try await world.wait { world.state("phoenix.service", "active") == 1 }
        try await world.wait {
            world.store.value("node_systemd_service_restart_total", ["name": "phoenix.service"]) == 0
        }
        try Host.shell("systemctl kill --signal KILL phoenix.service")
        try await world.wait {
            world.store.value("node_systemd_service_restart_total", ["name": "phoenix.service"]) == 1
        }
        try await world.wait { world.state("phoenix.service", "active") == 1 }
        try await world.wait { world.store.value("node_systemd_system_running") == 1 }

        try Host.shell("systemd-run --quiet --unit fleeting sleep infinity")
        try await world.wait { world.state("fleeting.service", "active") == 1 }
        let group = ["name": "fleeting.service", "mode": "user", "type": "service"]
        try await world.wait { world.store.value("systemd_unit_cpu_seconds_total", group) != nil }
        try Host.shell("systemctl kill --signal KILL fleeting.service")
        try await world.wait { world.state("fleeting.service", "failed") == 1 }
        try await world.wait { world.store.value("systemd_unit_cpu_seconds_total", group) == nil }
        try await world.wait { world.store.value("node_systemd_system_running") == 0 }
        try await world.wait { world.store.value("node_systemd_units", ["state": "failed"]) == 1 }
        try Host.shell("systemctl reset-failed fleeting.service")
        try await world.wait { world.state("fleeting.service", "failed") == nil }
        try await world.wait { world.store.value("node_systemd_system_running") == 1 }
        world.close()
    }

    @Test func `Names and labels are those of node_exporter`() async throws {
        let world = try CollectorWorld(interval: Milliseconds(200))
        try await world.wait { (world.store.value("node_systemd_timer_last_trigger_seconds") ?? 0) > 0 }
        try await world.wait { world.state("beat.service", "inactive") == 1 }
        let flags = "--collector.disable-defaults --collector.systemd --collector.systemd.enable-restarts-metrics"
        let port = 39_100 + Int(getpid() % 500)
        try Host.shell(
            "systemd-run --quiet --unit exporter prometheus-node-exporter \(flags) "
                + "--collector.systemd.enable-start-time-metrics --web.listen-address=127.0.0.1:\(port); "
                + "for i in $(seq 500); do curl -s http://127.0.0.1:\(port)/metrics > /run/scrape && exit; sleep 0.02; done"
        )
        let scrape = try String(contentsOfFile: "/run/scrape", encoding: .utf8)
        let theirs = Set(scrape.split(separator: "\n").map(String.init).filter { $0.hasPrefix("node_systemd") })
        try #require(theirs.count > 20, "\(scrape)")
        // Values apart, and labels without a value, which are none to Prometheus.
        let ours = Set(
            theirs.map { String($0[..<($0.lastIndex(of: " ") ?? $0.endIndex)]) }
                .map { $0.replacingOccurrences(of: ",type=\"\"", with: "") }
        )
        let names = Set(theirs.map { String($0.prefix { $0 != "{" && $0 != " " }) })
        try await world.wait { ours.isSubset(of: shown(names, in: world)) }
        let mine = shown(names, in: world)
        #expect(ours.subtracting(mine) == [])
        #expect(mine.subtracting(ours).filter { !$0.contains("with-host") && !$0.contains("exporter") } == [])
        world.close()
    }

    /// The series of these names as an exposition has them, without what a scrape adds.
    private func shown(_ names: Set<String>, in world: CollectorWorld) -> Set<String> {
        var shown: Set<String> = []
        for name in names {
            for (labels, value) in world.store.newest(name) where !value.isStaleMarker {
                let pairs = labels.array.filter { !["__name__", "job", "instance"].contains($0.name) }
                    .map { "\($0.name)=\(Labels.quoted($0.value))" }
                shown.insert(name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"))
            }
        }
        return shown
    }

    @Test func `A systemd that reads its files again, or replaces itself, ends nothing that goes on`() async throws {
        let world = try CollectorWorld()
        let patient = ["name": "patient.service", "state": "failed"]
        try await world.wait { world.state("patient.service", "active") == 1 }
        try Host.shell(
            "systemctl kill --signal KILL patient.service; systemd-run --quiet --unit passing sleep infinity"
        )
        try await world.wait { world.store.value("node_systemd_unit_state", patient) == 1 }
        try await world.wait { world.state("passing.service", "active") == 1 }
        for command in ["daemon-reload", "daemon-reexec"] {
            try Host.shell("systemctl \(command)")
            // Something that came after it is known, so that all before it is.
            try Host.shell("systemd-run --quiet --unit after-\(command) sleep infinity")
            try await world.wait { world.state("after-\(command).service", "active") == 1 }
            #expect(world.store.endings("node_systemd_unit_state", patient) == 0, "\(command)")
            #expect(world.store.value("node_systemd_unit_state", patient) == 1)
        }
        // What went meanwhile is gone.
        try Host.shell("systemctl stop passing.service; systemctl daemon-reload")
        try await world.wait { world.state("passing.service", "active") == nil }
        world.close()
    }

    @Test func `When systemd cannot be reached its units end, and come back with it`() async throws {
        let world = try CollectorWorld()
        try await world.wait { world.state("patient.service", "active") == 1 && world.store.value("up") == 1 }
        try Host.shell("systemctl daemon-reexec; systemd-run --quiet --unit reexecuted sleep infinity")
        try await world.wait { world.state("reexecuted.service", "active") == 1 }
        #expect(world.store.value("up") == 1 && world.store.endings("up") == 0)
        try Host.shell("systemctl stop dbus.socket dbus.service")
        try await world.wait { world.store.value("up") == 0 }
        try await world.wait { world.state("patient.service", "active") == nil }
        try Host.shell("systemctl start dbus.socket dbus.service")
        try await world.wait { world.state("patient.service", "active") == 1 && world.store.value("up") == 1 }
        world.close()
    }
}

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct CrowdScenarios {
    private static let units = 3_000

    @Test func `Three thousand units`() async throws {
        try Host.write("patient.service", "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep infinity\n")
        let absent = "[Unit]\nConditionPathExists=/nowhere\n[Service]\nExecStart=/bin/true\n"
        try Host.write("crowd@.service", absent)
        let wants = (0..<Self.units).map { "Wants=crowd@\($0).service\n" }.joined()
        try Host.write("crowd.target", "[Unit]\n" + wants)
        try Host.shell("systemctl daemon-reload; systemctl start crowd.target patient.service")

        let world = try CollectorWorld()
        let before = processorSeconds()
        try await world.wait(60) {
            world.store.newest("node_systemd_unit_state", ["state": "failed"]).count >= Self.units
        }
        print("measured: processor time until 3,000 units have series:", processorSeconds() - before)
        let idle = processorSeconds()
        try await Task.sleep(for: .seconds(5))
        print("measured: processor time of an interval with 3,000 units:", (processorSeconds() - idle) / 5)
        try await measureKills(world, "killed to landed among 3,000 units, median of 50:")
        world.close()
    }

    private func processorSeconds() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

private func measureKills(_ world: CollectorWorld, _ title: String) async throws {
    var spans: [Duration] = []
    for _ in 0..<50 {
        _ = try await world.manager.start("patient.service", timeout: .seconds(10))
        try await world.wait { world.state("patient.service", "active") == 1 }
        let pid = try #require(try await world.manager.state(of: "patient.service").mainPID)
        world.landings.expect("patient.service", "failed")
        let killed = MonotonicInstant.now
        kill(pid_t(pid), SIGKILL)
        try await world.wait { world.landings.seen != nil }
        spans.append(try #require(world.landings.seen) - killed)
    }
    let middle = spans.sorted()[25]
    print("measured:", title, middle)
    // By a signal, and not by the next look at all units.
    #expect(middle < .seconds(1))
}
