import Configuration
import EventLoop
internal import Glibc
import KernelClock
import Metrics

/// The time, and how far the kernel believes it to be off.
final class ClockReader: HostReader {
    let parts: [HostPart]
    private var lines: [String: SampleSheet.Line] = [:]
    private var zone: (name: String, line: SampleSheet.Line)?

    init(_ parts: [HostPart]) { self.parts = parts }

    func read(_ sheet: SampleSheet) -> Bool {
        if parts.contains(.time) { readTime(sheet) }
        return parts.contains(.timex) ? readClock(sheet) : true
    }

    private func readTime(_ sheet: SampleSheet) {
        var now = timespec()
        // Each call fills in what it is given.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        set("node_time_seconds", Double(now.tv_sec) + Double(now.tv_nsec) / 1e9, sheet)
        var local = unsafe tm()
        guard unsafe localtime_r(&now.tv_sec, &local) != nil, let text = unsafe local.tm_zone else { return }
        let name = unsafe String(cString: text)
        if zone?.name.utf8.elementsEqual(name.utf8) != true {
            if let zone { sheet.drop(zone.line) }
            zone = (name, sheet.line("node_time_zone_offset_seconds", [Label("time_zone", name)]))
        }
        if let zone { sheet.set(zone.line, Double(unsafe local.tm_gmtoff)) }
    }

    private func readClock(_ sheet: SampleSheet) -> Bool {
        guard let clock = KernelClock.read() else { return false }
        let microsecond = 1e-6
        // The kernel counts parts per million, shifted by sixteen bits.
        let ratio = 1 / (65_536 * 1_000_000.0)
        let fine = clock.status & Self.nanosecondsFlag != 0 ? 1e-9 : microsecond
        let values: [(name: String, value: Double)] = [
            ("sync_status", clock.state == Self.notSynchronized ? 0 : 1),
            ("offset_seconds", Double(clock.offset) * fine),
            ("frequency_adjustment_ratio", 1 + Double(clock.frequency) * ratio),
            ("maxerror_seconds", Double(clock.maxError) * microsecond),
            ("estimated_error_seconds", Double(clock.estimatedError) * microsecond), ("status", Double(clock.status)),
            ("loop_time_constant", Double(clock.constant)), ("tick_seconds", Double(clock.tick) * microsecond),
            ("pps_frequency_hertz", Double(clock.pulseFrequency) * ratio),
            ("pps_jitter_seconds", Double(clock.jitter) * fine), ("pps_shift_seconds", Double(clock.shift)),
            ("pps_stability_hertz", Double(clock.stability) * ratio), ("pps_jitter_total", Double(clock.jitterCount)),
            ("pps_calibration_total", Double(clock.calibrationCount)), ("pps_error_total", Double(clock.errorCount)),
            ("pps_stability_exceeded_total", Double(clock.stabilityCount)),
            ("tai_offset_seconds", Double(clock.atomicOffset)),
        ]
        for (name, value) in values { set("node_timex_" + name, value, sheet) }
        return true
    }

    private func set(_ name: String, _ value: Double, _ sheet: SampleSheet) {
        let line = lines[name] ?? sheet.line(name)
        lines[name] = line
        sheet.set(line, value)
    }

    /// `STA_NANO`, which is no plain number in C.
    private static let nanosecondsFlag = 0x2000
    /// `TIME_ERROR`.
    private static let notSynchronized = 5
}

/// What the machine is, in the words of `uname`.
final class NameReader: HostReader {
    let parts = [HostPart.uname]
    private var known: [Label] = []
    private var line: SampleSheet.Line?

    func read(_ sheet: SampleSheet) -> Bool {
        var name = utsname()
        // The call fills in what it is given.
        guard unsafe uname(&name) == 0 else { return false }
        let labels = [
            Label("sysname", Self.text(name.sysname)), Label("nodename", Self.text(name.nodename)),
            Label("release", Self.text(name.release)), Label("version", Self.text(name.version)),
            Label("machine", Self.text(name.machine)), Label("domainname", Self.text(name.__domainname)),
        ]
        guard labels != known || line == nil else { return true }
        if let line { sheet.drop(line) }
        let fresh = sheet.line("node_uname_info", labels)
        sheet.set(fresh, 1)
        known = labels
        line = fresh
        return true
    }

    /// A field of the structure: bytes up to a NUL.
    private static func text<Field: BitwiseCopyable>(_ field: Field) -> String {
        // Read within the call, no further than the field is long.
        unsafe withUnsafeBytes(of: field) { bytes in
            var text: [UInt8] = []
            for place in bytes.indices {
                let byte = unsafe bytes[place]
                if byte == 0 { break }
                text.append(byte)
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
