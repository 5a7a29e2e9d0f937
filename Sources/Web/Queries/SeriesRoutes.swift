import Answers
import Configuration
import HTTPServer
import JSON
import Metrics
import PromQL
import Storage
import Synchronization

/// Questions about series: which there are, and what labels they have.
struct SeriesRoutes: Sendable {
    private let desk: any AgentDesk
    private let gate: WorkGate
    private let settings: WebSettings.Queries

    private static let truncated = "results truncated due to limit"

    init(_ desk: any AgentDesk, _ gate: WorkGate, _ settings: WebSettings.Queries) {
        self.desk = desk
        self.gate = gate
        self.settings = settings
    }

    var routes: [Route] {
        [
            Route([.get, .post], "/api/v1/series") { call throws(WebRefusal) in try await series(call) },
            Route([.get, .post], "/api/v1/labels") { call throws(WebRefusal) in try await names(call) },
            Route([.get], "/api/v1/label/{name}/values") { call throws(WebRefusal) in try await values(call) },
            Route([.get], "/federate") { call throws(WebRefusal) in
                let federation = Federation(
                    desk.store,
                    externalLabels: desk.externalLabels,
                    options: desk.engine.options
                )
                let selectors = try call.selectors()
                let text = try await gate.run(abandonment: call.request.abandonment) {
                    federation.exposition(of: selectors, at: .now)
                }
                return HTTPServer.Reply(type: ExpositionFormat.text.contentType, body: .bytes(text))
            },
        ]
    }

    private func series(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        if call.values("match[]").isEmpty { throw WebRefusal(.badData, "no match[] parameter provided") }
        let (start, end) = try span(call)
        let selectors = try call.selectors()
        let limit = try call.limit().map { min($0, settings.maxListed) } ?? settings.maxListed
        let store = desk.store
        let listed = try await gate.run(abandonment: call.request.abandonment) {
            SeriesListing.series(of: selectors, from: start, through: end, limit: limit, in: store)
        }
        let pieces = Mutex(SeriesPieces(listed.series, warning: listed.isCut ? Self.truncated : nil))
        return .pieces { pieces.withLock { $0.next() } }
    }

    private func names(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        _ = try span(call)
        let selectors = try call.selectors()
        let store = desk.store
        return try await list(call) {
            Self.union(of: selectors) { matchers in store.readIndex { $0.labelNames(matching: matchers) } }
        }
    }

    private func values(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let name = EscapedName.decoded(call.part("name"))
        guard !name.isEmpty else { throw WebRefusal(.badData, "invalid label name: \(Labels.quoted(name))") }
        _ = try span(call)
        let selectors = try call.selectors()
        let store = desk.store
        return try await list(call) {
            Self.union(of: selectors) { matchers in store.readIndex { $0.labelValues(of: name, matching: matchers) } }
        }
    }

    private func list(
        _ call: Call,
        _ work: @escaping @Sendable () -> [String]
    ) async throws(WebRefusal) -> HTTPServer.Reply {
        let limit = try call.limit() ?? .max
        let texts = try await gate.run(abandonment: call.request.abandonment, work)
        return .success(warnings: texts.count > limit ? [Self.truncated] : []) { writer in
            writer.array { writer in
                for text in texts.prefix(limit) { writer.value(text) }
            }
        }
    }

    /// The span of time that is asked about, which is all of it where nothing is said.
    private func span(_ call: Call) throws(WebRefusal) -> (start: Timestamp?, end: Timestamp?) {
        let (start, end) = (try call.time("start"), try call.time("end"))
        if let start, let end, end < start {
            throw WebRefusal(.badData, "end timestamp must not be before start timestamp")
        }
        return (start, end)
    }

    private static func union(of selectors: [[LabelMatcher]], _ body: ([LabelMatcher]) -> [String]) -> [String] {
        if selectors.count < 2 { return body(selectors.first ?? []) }
        var all = Set<[UInt8]>()
        for selector in selectors { for text in body(selector) { all.insert(Array(text.utf8)) } }
        return all.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// The body of a list of series in pieces.
private struct SeriesPieces {
    private let series: [Labels]
    private let warning: String?
    private var place = 0
    private var hasEnded = false

    private static let pieceLength = 64 << 10

    init(_ series: [Labels], warning: String?) {
        self.series = series
        self.warning = warning
    }

    mutating func next() -> [UInt8]? {
        if hasEnded { return nil }
        var bytes: [UInt8] = place == 0 ? Array(#"{"status":"success","data":["#.utf8) : []
        while place < series.count, bytes.count < Self.pieceLength {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            var writer = JSONWriter()
            writer.value(series[place])
            bytes += writer.takeBytes()
            place += 1
        }
        if place < series.count { return bytes }
        hasEnded = true
        bytes.append(UInt8(ascii: "]"))
        if let warning { bytes += #","warnings":["\#(warning)"]"#.utf8 }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
