import Configuration
import Metrics

/// A file of one line with a few numbers.
final class NumbersReader: HostReader {
    /// A number of the line, by its place among them.
    struct Field {
        let place: Int
        let name: String
    }

    let parts: [HostPart]
    private let file: KernelFile
    private let fields: [Field]
    private var lines: [SampleSheet.Line] = []

    init(_ part: HostPart, _ file: KernelFile, _ fields: [Field]) {
        parts = [part]
        self.file = file
        self.fields = fields
    }

    static func load(_ file: KernelFile = KernelFile("/proc/loadavg", capacity: 128)) -> NumbersReader {
        NumbersReader(
            .loadavg,
            file,
            [
                .init(place: 0, name: "node_load1"), .init(place: 1, name: "node_load5"),
                .init(place: 2, name: "node_load15"),
            ]
        )
    }

    static func openFiles(_ file: KernelFile = KernelFile("/proc/sys/fs/file-nr", capacity: 128)) -> NumbersReader {
        NumbersReader(
            .filefd,
            file,
            [.init(place: 0, name: "node_filefd_allocated"), .init(place: 2, name: "node_filefd_maximum")]
        )
    }

    static func entropy() -> [NumbersReader] {
        let folder = "/proc/sys/kernel/random/"
        return [
            NumbersReader(
                .entropy,
                KernelFile(folder + "entropy_avail", capacity: 64),
                [.init(place: 0, name: "node_entropy_available_bits")]
            ),
            NumbersReader(
                .entropy,
                KernelFile(folder + "poolsize", capacity: 64),
                [.init(place: 0, name: "node_entropy_pool_size_bits")]
            ),
        ]
    }

    func read(_ sheet: SampleSheet) -> Bool {
        guard let text = file.read() else { return false }
        read(text, sheet)
        return true
    }

    func read(_ text: KernelText, _ sheet: SampleSheet) {
        var text = text
        guard text.nextLine() else { return }
        if lines.isEmpty { lines = fields.map { sheet.line($0.name) } }
        text.numbers { place, number in
            if let field = fields.firstIndex(where: { $0.place == place }) { sheet.set(lines[field], number) }
        }
    }
}

/// How long tasks waited for a resource: `/proc/pressure`. A kernel may have none of it, or only some.
final class PressureReader: HostReader {
    let parts = [HostPart.pressure]

    private struct Resource {
        let file: KernelFile
        /// Nil where it would tell nothing: a processor that all wait for works.
        let waiting: String?
        let stalled: String?
    }

    private let resources: [Resource]
    private var lines: [String: SampleSheet.Line] = [:]

    init(folder: String = "/proc/pressure") {
        func resource(_ name: String, waiting: Bool = true, stalled: Bool = true) -> Resource {
            Resource(
                file: KernelFile("\(folder)/\(name)", capacity: 256),
                waiting: waiting ? "node_pressure_\(name)_waiting_seconds_total" : nil,
                stalled: stalled ? "node_pressure_\(name)_stalled_seconds_total" : nil
            )
        }
        resources = [
            resource("cpu", stalled: false), resource("io"), resource("memory"), resource("irq", waiting: false),
        ]
    }

    func read(_ sheet: SampleSheet) -> Bool {
        var wasAny = false
        for resource in resources {
            guard var text = resource.file.read() else { continue }
            while text.nextLine() {
                let kind = text.word()
                let name = kind.equals("some") ? resource.waiting : kind.equals("full") ? resource.stalled : nil
                guard let name, let microseconds = Self.total(&text) else { continue }
                let line = lines[name] ?? sheet.line(name)
                lines[name] = line
                sheet.set(line, microseconds / 1_000_000)
                wasAny = true
            }
        }
        return wasAny
    }

    private static func total(_ text: inout KernelText) -> Double? {
        while true {
            let key = text.word(endedBy: UInt8(ascii: "="))
            if key.isEmpty { return nil }
            let number = text.number()
            if key.equals("total") { return number }
        }
    }
}
