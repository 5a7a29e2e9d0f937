import Configuration
import Metrics

/// `/proc/meminfo`: one number a line, most of them in kilobytes.
final class MemoryReader: HostReader {
    let parts = [HostPart.meminfo]
    private let file: KernelFile
    private var table = LineTable()

    init(_ file: KernelFile = KernelFile("/proc/meminfo")) { self.file = file }

    func read(_ sheet: SampleSheet) -> Bool {
        guard let text = file.read() else { return false }
        read(text, sheet)
        return true
    }

    func read(_ text: KernelText, _ sheet: SampleSheet) {
        var text = text
        table.begin()
        while text.nextLine() {
            let key = text.word(endedBy: UInt8(ascii: ":"))
            guard !key.isEmpty, let number = text.number() else { continue }
            let isKilobytes = text.word().equals("kB")
            let lines = table.lines(key) { [sheet.line(Self.name($0, isKilobytes: isKilobytes))] }
            for line in lines { sheet.set(line, isKilobytes ? number * 1_024 : number) }
        }
        table.end(sheet)
    }

    /// `Active(anon)` in kilobytes is `node_memory_Active_anon_bytes`.
    private static func name(_ key: String, isKilobytes: Bool) -> String {
        var name = "node_memory_"
        for scalar in key.unicodeScalars where scalar != ")" {
            name.unicodeScalars.append(scalar == "(" ? "_" : scalar)
        }
        return isKilobytes ? name + "_bytes" : name
    }
}

/// `/proc/vmstat`, of which what tells of pages that come and go, and of processes killed for want of memory.
final class PagingReader: HostReader {
    let parts = [HostPart.vmstat]
    private let file: KernelFile
    private var table = LineTable()

    init(_ file: KernelFile = KernelFile("/proc/vmstat", capacity: 8_192)) { self.file = file }

    func read(_ sheet: SampleSheet) -> Bool {
        guard let text = file.read() else { return false }
        read(text, sheet)
        return true
    }

    func read(_ text: KernelText, _ sheet: SampleSheet) {
        var text = text
        table.begin()
        while text.nextLine() {
            let key = text.word()
            guard Self.isWanted(key), let number = text.number() else { continue }
            for line in table.lines(key, make: { [sheet.line("node_vmstat_" + $0)] }) { sheet.set(line, number) }
        }
        table.end(sheet)
    }

    private static func isWanted(_ key: ArraySlice<UInt8>) -> Bool {
        if key.starts(with: "oom_kill".utf8) || key.starts(with: "pgpg".utf8) || key.starts(with: "pswp".utf8) {
            return true
        }
        return key.starts(with: "pg".utf8) && key.indices.contains { key[$0...].starts(with: "fault".utf8) }
    }
}
