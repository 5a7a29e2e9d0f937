import Configuration
import HTTPServer
import Playbooks
import Rules

/// What an agent that is at work says of itself: where it can be reached, what it sees, whether it treats.
public struct AgentSight: Sendable {
    /// The URL of the page; nil where the agent listens on a unix socket only.
    public let page: String?
    public let socket: String?
    /// Where samples and history are; nil: in memory.
    public let folder: String?
    public let scrapeJobs: Int
    public let rules: Int
    public let playbooks: Int
    /// What medic looks at by itself.
    public let collectors: [String]
    /// Whether nothing is done, and only recorded what would have been.
    public let observesOnly: Bool

    /// In one line, for logs and the service manager.
    public var words: String {
        let parts =
            collectors + [
                Self.counted(scrapeJobs, "scrape job"), Self.counted(rules, "rule"),
                Self.counted(playbooks, "playbook"),
            ]
        return parts.joined(separator: ", ") + (observesOnly ? " that only observe" : "")
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

extension Agent {
    var sight: AgentSight {
        let loaded = state.current.loaded
        let collectors = loaded.configuration.collectors
        var names: [String] = []
        if collectors.host != nil { names.append("this host") }
        if collectors.systemd != nil { names.append("its units") }
        if collectors.journal != nil { names.append("its journal") }
        if !collectors.probes.isEmpty { names.append("\(collectors.probes.count) probes") }
        let servers = collectors.redis.count + collectors.postgres.count
        if servers > 0 { names.append("\(servers) databases") }
        if !collectors.rabbitmq.isEmpty { names.append("\(collectors.rabbitmq.count) brokers") }
        return AgentSight(
            page: page(isTLS: loaded.configuration.web.tls != nil),
            socket: listening.compactMap { if case .unix(let path) = $0 { path } else { nil } }.first,
            folder: ground.options.dataFolder,
            scrapeJobs: loaded.configuration.scrapeJobs.count,
            rules: loaded.ruleFiles.reduce(0) { $0 + $1.groups.reduce(0) { $0 + $1.rules.count } },
            playbooks: loaded.playbookFiles.reduce(0) { $0 + $1.playbooks.count },
            collectors: names,
            observesOnly: healingSettings.ceiling <= .observe
        )
    }

    private func page(isTLS: Bool) -> String? {
        let address = listening.first { if case .tcp = $0 { true } else { false } }
        return address.map { "\(isTLS ? "https" : "http")://\($0)" }
    }
}
