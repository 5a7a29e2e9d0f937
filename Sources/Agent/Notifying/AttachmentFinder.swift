import Actions
import Alerting
import Configuration
import EventLoop
import Files
import Journal
import Metrics
import Receivers

/// Finds what goes with a notification: what the expression did, what the unit wrote into the journal, what changed in its files, and what a
/// run kept. Whatever cannot be had is left out: the words matter more.
struct AttachmentFinder: Sendable {
    let series: EvidenceSeries
    let versions: ConfigVersions
    /// Where runs keep their evidence.
    let evidenceFolder: String
    /// What must not be told.
    let secrets: @Sendable () -> [String]

    // A message is read on a telephone: it shows a few alerts, and the rest can be looked up.
    private static let alertsMax = 3
    private static let filesMax = 12
    private static let bytesMax = 1 << 20
    private static let fileBytesMax = 256 << 10
    private static let journalLines = 50
    private static let journalBytes = 32 << 10
    private static let seriesMax = 8
    /// How far back the drawing goes, and how old a change may be to have to do with the alert.
    private static let span = Milliseconds.hours(1)
    private static let changeAge = Milliseconds.hours(24)

    /// - Parameter own: The alerts that medic's own rules raised: of other hosts nothing is known here.
    func attachments(
        for notification: Notification,
        _ wanted: Set<AttachmentKind>,
        own: Set<Fingerprint>
    ) async -> [Attachment] {
        let firing = notification.alerts.filter { $0.endsAt == nil && own.contains($0.fingerprint) }
        var found: [Attachment] = []
        var known: Set<String> = []
        func add(_ attachments: [Attachment]) {
            for attachment in attachments where known.insert(attachment.name).inserted {
                guard found.count < Self.filesMax, attachment.bytes.count <= Self.fileBytesMax,
                    found.reduce(attachment.bytes.count, { $0 + $1.bytes.count }) <= Self.bytesMax
                else { continue }
                found.append(attachment)
            }
        }
        for (place, alert) in firing.prefix(Self.alertsMax).enumerated() {
            if wanted.contains(.sparkline) { add(await drawing(of: alert, place)) }
            guard let unit = Self.unit(of: alert.labels) else { continue }
            if wanted.contains(.journal) { add(await journal(of: unit)) }
            if wanted.contains(.config) { add(await changes(of: unit, until: notification.createdAt)) }
        }
        if wanted.contains(.evidence) {
            for alert in notification.alerts.prefix(Self.alertsMax) { add(await evidence(of: alert)) }
        }
        return found
    }

    private func text(_ kind: AttachmentKind, _ name: String, _ text: String, summary: String = "") -> Attachment {
        let clean = ShownEvidence.scrubbed(text, of: secrets())
        return Attachment(kind: kind, name: name, type: Self.type(of: name), bytes: Array(clean.utf8), summary: summary)
    }

    private static func type(of name: String) -> String {
        if name.hasSuffix(".svg") { return "image/svg+xml" }
        if name.hasSuffix(".json") { return "application/json" }
        return name.hasSuffix(".csv") ? "text/csv; charset=utf-8" : "text/plain; charset=utf-8"
    }

    // MARK: The expression

    private func drawing(of alert: NotifiedAlert, _ place: Int) async -> [Attachment] {
        guard let expression = Self.expression(in: alert.generatorURL) else { return [] }
        let all = await series.points(of: expression, over: Self.span)
        let own = all.filter { line in
            line.labels.allSatisfy { label in
                label.name == "__name__" || alert.labels[label.name].map { $0 == label.value } ?? true
            }
        }
        let shown = Array((own.isEmpty ? all : own).prefix(Self.seriesMax))
        let picture = ShownEvidence.drawing(of: shown, title: expression)
        guard !picture.isEmpty, let first = shown.first else { return [] }
        let name = "\(alert.labels["alertname"] ?? "alert")-\(place + 1).svg"
        return [text(.sparkline, name, picture, summary: ShownEvidence.line(of: first))]
    }

    /// The expression that medic wrote into the address of an alert of its own.
    static func expression(in address: String) -> String? {
        guard let query = address.split(separator: "?", maxSplits: 1).dropFirst().first,
            let part = query.split(separator: "&").first(where: { $0.hasPrefix("g0.expr=") })
        else { return nil }
        var bytes: [UInt8] = []
        var rest = part.dropFirst("g0.expr=".count).utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
                    return nil
                }
                rest = rest.dropFirst(2)
                bytes.append(value)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    // MARK: The unit

    /// The unit that an alert is about.
    static func unit(of labels: Labels) -> String? {
        ["unit", "name"].compactMap { labels[$0] }.first { $0.contains(".") && !$0.contains("/") && !$0.contains(" ") }
    }

    private func journal(of unit: String) async -> [Attachment] {
        let tail = try? await JournalTail.read(of: unit, lines: Self.journalLines, bytes: Self.journalBytes)
        guard let tail, !tail.entries.isEmpty else { return [] }
        let lines = tail.entries.map { entry in
            let at = Timestamp(milliseconds: Int64(clamping: entry.time / 1_000))
            return "\(at.rfc3339Text) \(entry.identifier) \(entry.priorityWord): \(entry.message)"
        }
        let last = ShownEvidence.scrubbed(tail.entries.last?.message ?? "", of: secrets())
        return [text(.journal, "journal-\(unit).txt", lines.joined(separator: "\n") + "\n", summary: last)]
    }

    /// What became of the files of the unit lately.
    private func changes(of unit: String, until now: Timestamp) async -> [Attachment] {
        let files = versions.tracked.filter { file in
            file.units.contains { $0.utf8.elementsEqual(unit.utf8) || "\($0).service".utf8.elementsEqual(unit.utf8) }
        }
        var found: [Attachment] = []
        for file in files {
            guard let known = versions.history(of: file.path)?.versions, known.count >= 2, let current = known.last,
                now - current.placed <= Self.changeAge
            else { continue }
            let former = known[known.count - 2]
            let difference = try? await offload { [versions] in
                try versions.difference(file.path, from: former.digest, to: current.digest)
            }
            guard let difference, !difference.isEmpty else { continue }
            let name = file.path.split(separator: "/").last.map(String.init) ?? "file"
            let summary = "\(file.path) changed at \(current.placed.rfc3339Text)"
            found.append(text(.config, "\(name).diff.txt", difference, summary: summary))
        }
        return found
    }

    // MARK: The run

    private func evidence(of alert: NotifiedAlert) async -> [Attachment] {
        let paths = alert.healing?.details.first { $0.name == "evidence" }?.value.split(separator: "\n") ?? []
        var found: [Attachment] = []
        for path in paths.map(String.init) where path.hasPrefix(evidenceFolder + "/") && !path.contains("/../") {
            guard let content = try? await offload({ try FileSystem.readText(path, limit: Self.fileBytesMax) }),
                let name = path.split(separator: "/").last
            else { continue }
            found.append(text(.evidence, String(name), content, summary: path))
        }
        return found
    }
}
