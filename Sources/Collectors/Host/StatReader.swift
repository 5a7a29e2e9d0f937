import Configuration
import Metrics

/// Processors, and what the kernel counts of processes and interrupts: `/proc/stat`.
final class StatReader: HostReader {
    private static let modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]
    /// The kernel counts in hundredths of a second, whatever its own clock.
    private static let ticksPerSecond = 100.0
    /// Idle times go back a little on some kernels, which would look like a restart. More than this is one: of the processor.
    private static let jitterMax = 3.0

    private static let totals: [(key: StaticString, name: String)] = [
        ("intr", "node_intr_total"), ("ctxt", "node_context_switches_total"), ("btime", "node_boot_time_seconds"),
        ("processes", "node_forks_total"), ("procs_running", "node_procs_running"),
        ("procs_blocked", "node_procs_blocked"),
    ]

    let parts: [HostPart]
    private let file: KernelFile
    private var processors = LineTable()
    private var seconds: [SampleSheet.Line: Double] = [:]
    private var totals: [SampleSheet.Line] = []

    init(_ parts: [HostPart], _ file: KernelFile = KernelFile("/proc/stat", capacity: 16_384)) {
        self.parts = parts
        self.file = file
    }

    func read(_ sheet: SampleSheet) -> Bool {
        guard let text = file.read() else { return false }
        read(text, sheet)
        return true
    }

    func read(_ text: KernelText, _ sheet: SampleSheet) {
        var text = text
        processors.begin()
        while text.nextLine() {
            let key = text.word()
            if key.starts(with: "cpu".utf8) {
                // The first line is the sum of the others.
                if parts.contains(.cpu), key.count > 3 { readProcessor(key, &text, sheet) }
            } else if parts.contains(.stat) {
                readTotal(key, &text, sheet)
            }
        }
        processors.end(sheet)
    }

    private func readProcessor(_ key: ArraySlice<UInt8>, _ text: inout KernelText, _ sheet: SampleSheet) {
        let lines = processors.lines(key) { name in
            let processor = Label("cpu", String(name.utf8.dropFirst(3)) ?? name)
            let lines =
                Self.modes.map { sheet.line("node_cpu_seconds_total", [processor, Label("mode", $0)]) }
                + ["user", "nice"].map { sheet.line("node_cpu_guest_seconds_total", [processor, Label("mode", $0)]) }
            for line in lines { seconds[line] = nil }
            return lines
        }
        text.numbers { column, ticks in
            guard column < lines.count else { return }
            let line = lines[column]
            var now = ticks / Self.ticksPerSecond
            if let before = seconds[line], now < before, before - now < Self.jitterMax { now = before }
            seconds[line] = now
            sheet.set(line, now)
        }
    }

    private func readTotal(_ key: ArraySlice<UInt8>, _ text: inout KernelText, _ sheet: SampleSheet) {
        guard let place = Self.totals.firstIndex(where: { key.equals($0.key) }), let number = text.number() else {
            return
        }
        if totals.isEmpty { totals = Self.totals.map { sheet.line($0.name) } }
        sheet.set(totals[place], number)
    }
}
