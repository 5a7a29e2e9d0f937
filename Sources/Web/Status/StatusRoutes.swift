import HTTPServer
import Instruments
import JSON
import Metrics
import Storage

/// What the agent says of itself.
struct StatusRoutes: Sendable {
    private let desk: any AgentDesk
    private let gate: WorkGate
    private let instruments: Instruments

    /// Clients choose what they ask of a Prometheus by its version, so this is the one whose API is spoken here. Which
    /// medic it is stands in the revision.
    static let interfaceVersion = "3.5.0"

    init(_ desk: any AgentDesk, _ gate: WorkGate, _ instruments: Instruments) {
        self.desk = desk
        self.gate = gate
        self.instruments = instruments
    }

    var routes: [Route] {
        [
            Route([.get], "/api/v1/status/config") { _ in
                let text = await desk.configuration()
                return .success { $0.object { $0.member("yaml", text) } }
            },
            Route([.get], "/api/v1/status/flags") { _ in
                let flags = await desk.flags()
                return .success { writer in
                    writer.object { writer in for flag in flags { writer.member(flag.name, flag.value) } }
                }
            },
            Route([.get], "/api/v1/status/buildinfo") { _ in build() },
            Route([.get], "/api/v1/status/runtimeinfo") { _ in await runtime() },
            Route([.get], "/api/v1/status/tsdb") { call throws(WebRefusal) in try await storage(call) },
            Route([.get], "/metrics") { call in metrics(call) },
        ]
    }

    private func build() -> HTTPServer.Reply {
        let build = desk.build
        return .success { writer in
            writer.object { writer in
                writer.member("version", Self.interfaceVersion)
                writer.member(
                    "revision",
                    "medic \(build.version)" + (build.revision.isEmpty ? "" : " \(build.revision)")
                )
                writer.member("branch", build.branch)
                writer.member("buildUser", "")
                writer.member("buildDate", build.date)
                writer.member("goVersion", "")
            }
        }
    }

    private func runtime() async -> HTTPServer.Reply {
        let report = await desk.runtime()
        return .success { writer in
            writer.object { writer in
                writer.member("startTime", report.startedAt.rfc3339Text)
                writer.member("CWD", report.workingFolder)
                writer.member("serverTime", Timestamp.now.rfc3339Text)
                writer.member("reloadConfigSuccess", report.lastReloadSucceeded)
                writer.member("lastConfigTime", report.lastReloadAt.rfc3339Text)
                writer.member("corruptionCount", report.corruptions)
                // What Go has, in the terms of what there is here.
                writer.member("goroutineCount", report.threads)
                writer.member("GOMAXPROCS", report.processors)
                writer.member("GOGC", "")
                writer.member("GODEBUG", "")
                writer.member("storageRetention", report.retention.promQLText)
            }
        }
    }

    private func storage(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let limit = try call.limit() ?? 10
        guard limit <= 10_000 else { throw .badParameter("limit", "limit must not exceed 10000") }
        let store = desk.store
        let summary = try await gate.run(abandonment: call.request.abandonment) {
            StorageSummary(of: store, longest: limit, at: .now)
        }
        return .success { $0.value(summary) }
    }

    private func metrics(_ call: Call) -> HTTPServer.Reply {
        let format: ExpositionFormat =
            call.request.headers.all("accept").contains { $0.contains("application/openmetrics-text") }
            ? .openMetrics : .text
        let families = instruments.families().map { $0.exposed(as: format) }
        return HTTPServer.Reply(
            type: format.contentType,
            body: .bytes(ExpositionWriter.write(families, as: format))
        )
    }
}

extension InstrumentFamily {
    /// The family as an exposition has it. In OpenMetrics a counter's name goes without the ending of its samples.
    fileprivate func exposed(as format: ExpositionFormat) -> MetricFamily {
        let type: MetricType =
            switch kind {
            case .counter: .counter
            case .gauge: .gauge
            case .histogram: .histogram
            }
        let isShortened = kind == .counter && format == .openMetrics && name.hasSuffix("_total")
        let metadata = FamilyMetadata(name: isShortened ? String(name.dropLast(6)) : name, type: type, help: help)
        let samples = samples.map { sample in
            let labels = sample.labels.map { Label($0.name, $0.value) }
            return MetricFamily.Sample(Labels(name: name + sample.suffix, labels), sample.value)
        }
        return MetricFamily(metadata, samples: samples)
    }
}
