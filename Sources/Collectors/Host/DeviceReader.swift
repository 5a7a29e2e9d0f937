import Configuration
import Metrics

/// `/proc/net/dev` and `/proc/diskstats`: one device a line.
final class DeviceReader: HostReader {
    let parts: [HostPart]
    private let file: KernelFile
    private let columns: [HostColumn]
    private let filter: DeviceFilter
    private let isNetwork: Bool
    private var table = LineTable()

    private init(_ part: HostPart, _ file: KernelFile, _ columns: [HostColumn], _ filter: DeviceFilter) {
        parts = [part]
        isNetwork = part == .netdev
        self.file = file
        self.columns = columns
        self.filter = filter
    }

    static func network(
        _ filter: DeviceFilter,
        _ file: KernelFile = KernelFile("/proc/self/net/dev", "/proc/net/dev")
    ) -> DeviceReader {
        let receive = ["bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast"]
        let transmit = ["bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed"]
        let columns =
            receive.map { HostColumn("node_network_receive_\($0)_total") }
            + transmit.map { HostColumn("node_network_transmit_\($0)_total") }
        return DeviceReader(.netdev, file, columns, filter)
    }

    static func disks(_ filter: DeviceFilter, _ file: KernelFile = KernelFile("/proc/diskstats")) -> DeviceReader {
        let sector = 512.0
        let millisecond = 0.001
        let columns = [
            HostColumn("reads_completed_total"), HostColumn("reads_merged_total"),
            HostColumn("read_bytes_total", times: sector), HostColumn("read_time_seconds_total", times: millisecond),
            HostColumn("writes_completed_total"), HostColumn("writes_merged_total"),
            HostColumn("written_bytes_total", times: sector),
            HostColumn("write_time_seconds_total", times: millisecond), HostColumn("io_now"),
            HostColumn("io_time_seconds_total", times: millisecond),
            HostColumn("io_time_weighted_seconds_total", times: millisecond), HostColumn("discards_completed_total"),
            HostColumn("discards_merged_total"), HostColumn("discarded_sectors_total"),
            HostColumn("discard_time_seconds_total", times: millisecond), HostColumn("flush_requests_total"),
            HostColumn("flush_requests_time_seconds_total", times: millisecond),
        ]
        let named = columns.map { HostColumn("node_disk_" + $0.name, times: $0.factor) }
        return DeviceReader(.diskstats, file, named, filter)
    }

    func read(_ sheet: SampleSheet) -> Bool {
        guard let text = file.read() else { return false }
        read(text, sheet)
        return true
    }

    func read(_ text: KernelText, _ sheet: SampleSheet) {
        var text = text
        table.begin()
        while text.nextLine() {
            guard let device = device(&text) else { continue }
            let lines = table.lines(device) { name in
                guard filter.takes(name) else { return [] }
                return columns.map { sheet.line($0.name, [Label("device", name)]) }
            }
            guard !lines.isEmpty else { continue }
            text.numbers { column, number in
                if column < lines.count { sheet.set(lines[column], number * columns[column].factor) }
            }
        }
        table.end(sheet)
    }

    /// The two headings of the network's table have no colon that numbers follow, the rows of disks begin with two numbers.
    private func device(_ text: inout KernelText) -> ArraySlice<UInt8>? {
        if isNetwork { return text.word(beforeLast: UInt8(ascii: ":")) }
        guard text.number() != nil, text.number() != nil else { return nil }
        let name = text.word()
        return name.isEmpty ? nil : name
    }
}
