import Answers
import HTTPServer
import JSON
import Metrics
import PromQL

/// What is scraped, and what it says of its metrics.
struct TargetRoutes: Sendable {
    private let desk: any AgentDesk

    init(_ desk: any AgentDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/api/v1/targets") { call in await targets(call) },
            Route([.get], "/api/v1/scrape_pools") { _ in
                let pools = await desk.targets().pools
                return .success { writer in
                    writer.object { writer in
                        writer.member("scrapePools") { $0.texts(pools.sorted()) }
                    }
                }
            },
            Route([.get], "/api/v1/targets/metadata") { call throws(WebRefusal) in try await targetMetadata(call) },
            Route([.get], "/api/v1/metadata") { call throws(WebRefusal) in try await metadata(call) },
            Route([.get], "/api/v1/alertmanagers") { _ in await alertmanagers() },
        ]
    }

    private func targets(_ call: Call) async -> HTTPServer.Reply {
        let report = await desk.targets()
        let state = call.value("state")?.lowercased() ?? ""
        let pool = call.value("scrapePool")
        func isWanted(_ name: String) -> Bool { pool.map { $0.utf8.elementsEqual(name.utf8) } ?? true }
        let showsActive = state != "dropped"
        let showsDropped = state != "active"
        return .success { writer in
            writer.object { writer in
                writer.member("activeTargets") { writer in
                    writer.array { writer in
                        for target in showsActive ? report.active : [] where isWanted(target.pool) {
                            writer.value(target)
                        }
                    }
                }
                writer.member("droppedTargets") { writer in
                    writer.array { writer in
                        for target in showsDropped ? report.dropped : [] where isWanted(target.pool) {
                            writer.object { writer in
                                writer.member("discoveredLabels") { $0.value(target.discoveredLabels) }
                                writer.member("scrapePool", target.pool)
                            }
                        }
                    }
                }
                writer.member("droppedTargetCounts") { writer in
                    writer.object { writer in
                        let counts = report.droppedCounts.sorted { $0.key < $1.key }
                        for (name, count) in counts where showsDropped && isWanted(name) { writer.member(name, count) }
                    }
                }
            }
        }
    }

    private func targetMetadata(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let limit = try call.limit() ?? .max
        var matchers: [LabelMatcher] = []
        if let text = call.value("match_target") {
            do throws(ParseError) {
                matchers = try parseSelector(text)
            } catch {
                throw .badParameter("match_target", error.description(in: text))
            }
        }
        let metric = call.value("metric")
        var found: [(target: Labels, family: FamilyMetadata)] = []
        for entry in await desk.metadata() where matchers.allSatisfy({ $0.matches(entry.target) }) {
            for family in entry.families where found.count < limit {
                if let metric, !metric.utf8.elementsEqual(family.name.utf8) { continue }
                found.append((entry.target, family))
            }
        }
        return .success { writer in
            writer.array { writer in
                for (target, family) in found {
                    writer.object { writer in
                        writer.member("target") { $0.value(target) }
                        if metric == nil { writer.member("metric", family.name) }
                        writer.members(of: family)
                    }
                }
            }
        }
    }

    private func metadata(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let limit = try call.limit() ?? .max
        let perMetric = try call.limit("limit_per_metric") ?? .max
        let metric = call.value("metric")
        var families: [String: [FamilyMetadata]] = [:]
        for entry in await desk.metadata() {
            for family in entry.families {
                if let metric, !metric.utf8.elementsEqual(family.name.utf8) { continue }
                if families[family.name]?.contains(family) == true { continue }
                families[family.name, default: []].append(family)
            }
        }
        return .success { writer in
            writer.object { writer in
                for (name, variants) in families.sorted(by: { $0.key < $1.key }).prefix(limit) {
                    writer.member(name) { writer in
                        writer.array { writer in
                            for family in variants.prefix(perMetric) {
                                writer.object { $0.members(of: family) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func alertmanagers() async -> HTTPServer.Reply {
        let report = await desk.alertmanagers()
        return .success { writer in
            writer.object { writer in
                for (name, urls) in [
                    ("activeAlertmanagers", report.active), ("droppedAlertmanagers", report.dropped),
                ] {
                    writer.member(name) { writer in
                        writer.array { writer in
                            for url in urls { writer.object { $0.member("url", url) } }
                        }
                    }
                }
            }
        }
    }
}

extension JSONWriter {
    /// A list of texts.
    mutating func texts(_ texts: [String]) {
        array { writer in
            for text in texts { writer.value(text) }
        }
    }

    /// A moment as Go writes it, whose zero is the first day of the calendar.
    mutating func member(_ name: String, _ time: Timestamp?) {
        member(name, time?.rfc3339Text ?? "0001-01-01T00:00:00Z")
    }

    /// A duration as a number of seconds.
    mutating func member(_ name: String, seconds: Duration) {
        member(name) { $0.value(seconds / .seconds(1)) }
    }

    fileprivate mutating func members(of family: FamilyMetadata) {
        member("type", family.type.word(in: .openMetrics))
        member("help", family.help ?? "")
        member("unit", family.unit ?? "")
    }

    fileprivate mutating func value(_ target: TargetsReport.Target) {
        object { writer in
            writer.member("discoveredLabels") { $0.value(target.discoveredLabels) }
            writer.member("labels") { $0.value(target.labels) }
            writer.member("scrapePool", target.pool)
            writer.member("scrapeUrl", target.url)
            writer.member("globalUrl", target.globalURL)
            writer.member("lastError", target.lastError)
            writer.member("lastScrape", target.lastScrape)
            writer.member("lastScrapeDuration", seconds: target.lastDuration)
            writer.member("health", target.health.rawValue)
            writer.member("scrapeInterval", target.interval.promQLText)
            writer.member("scrapeTimeout", target.timeout.promQLText)
        }
    }
}
