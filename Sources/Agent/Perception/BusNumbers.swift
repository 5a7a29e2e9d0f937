import Instruments
import SystemBus

extension SystemBus {
    /// What has happened on the bus, as numbers of medic's own.
    func observe(with instruments: Instruments) {
        let numbers: [(String, String, @Sendable (Statistics) -> Int)] = [
            ("medic_system_bus_connections_total", "Connections to the bus that were made.", { $0.connections }),
            ("medic_system_bus_calls_total", "Calls that were made over the bus.", { $0.calls }),
            ("medic_system_bus_timeouts_total", "Calls that were not answered in time.", { $0.timeouts }),
            ("medic_system_bus_signals_total", "Signals that came over the bus.", { $0.signals }),
            ("medic_system_bus_forged_signals_total", "Signals sent in another's name, ignored.", { $0.forgedSignals }),
            ("medic_system_bus_malformed_total", "Messages that could not be read.", { $0.malformedMessages }),
        ]
        for (name, help, read) in numbers {
            instruments.observe(name, help: help, kind: .counter) { [weak self] in
                self.map { Double(read($0.statistics)) } ?? 0
            }
        }
    }
}
