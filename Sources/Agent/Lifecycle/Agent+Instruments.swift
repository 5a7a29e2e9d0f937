import Files
import Footprint
import Instruments
import Metrics

extension Agent {
    /// What the agent as a whole tells of itself: its version, its configuration, the process it is.
    func measureItself() {
        let instruments = ground.instruments
        instruments.gauge(
            "medic_build_info",
            help: "Which medic this is.",
            labels: [("version", ground.options.version)]
        )
        .set(1)
        let state = state
        instruments.observe(
            "medic_config_last_reload_successful",
            help: "Whether the configuration could be read the last time."
        ) { state.current.lastReloadSucceeded ? 1 : 0 }
        instruments.observe(
            "medic_config_last_reload_timestamp_seconds",
            help: "When the configuration was read the last time."
        ) { Double(state.current.lastReloadAt.rawValue) / 1_000 }
        instruments.observe("medic_config_reloads_total", help: "Times that it was read again.", kind: .counter) {
            Double(state.current.reloads)
        }
        instruments.observe("medic_config_reload_failures_total", help: "Times that it could not be.", kind: .counter) {
            Double(state.current.failedReloads)
        }
        measureProcess(instruments)
    }

    /// Under the names that client libraries of Prometheus use, so that dashboards of processes show this one.
    private func measureProcess(_ instruments: Instruments) {
        let started = Double(ground.startedAt.rawValue) / 1_000
        instruments.gauge("process_start_time_seconds", help: "When the process started.").set(started)
        instruments.observe("process_resident_memory_bytes", help: "Memory that the process has in use.") {
            Footprint.resident.map(Double.init) ?? .nan
        }
        instruments.observe("process_cpu_seconds_total", help: "Processor time that was used.", kind: .counter) {
            Footprint.processorSeconds
        }
        instruments.observe("process_open_fds", help: "Descriptors that are open.") {
            Self.openDescriptors.map(Double.init) ?? .nan
        }
    }

    /// Since Linux 6.2 the folder says itself how many it holds; before, they have to be counted.
    private static var openDescriptors: Int? {
        let folder = "/proc/self/fd"
        if let told = try? FileSystem.status(folder).size, told > 0 { return Int(told) }
        return (try? FileSystem.list(folder))?.count
    }
}
