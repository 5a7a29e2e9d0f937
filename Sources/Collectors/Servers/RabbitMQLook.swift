public import Configuration
import EventLoop
public import HTTPClient
import JSON
public import Logging
public import Metrics
import RegularExpressions
public import Storage

extension ServerCollector {
    /// Looks at a RabbitMQ broker through its management API: under the names of the broker's own Prometheus plugin.
    public static func rabbitmq(
        _ settings: RabbitMQCollectorSettings,
        labels: Labels,
        client: HTTPClient,
        store: SampleStore,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws -> ServerCollector {
        let look = try RabbitMQLook(settings, client)
        return try ServerCollector(
            .rabbitmq,
            name: settings.name,
            basics: settings.basics,
            timeout: settings.timeout,
            labels: labels,
            loop: client.loop,
            store: store,
            log: log,
            landed: landed,
            look: { await look.report($0) }
        )
    }
}

/// One look at a RabbitMQ broker.
struct RabbitMQLook: Sendable {
    /// A list of queues that is longer is not read: some hundred thousand of them.
    private static let bodyMax = 32 << 20
    /// What a queue tells, and what its series are called.
    private static let queueNumbers = [
        ("messages", "rabbitmq_queue_messages"), ("messages_ready", "rabbitmq_queue_messages_ready"),
        ("messages_unacknowledged", "rabbitmq_queue_messages_unacked"), ("consumers", "rabbitmq_queue_consumers"),
        ("consumer_utilisation", "rabbitmq_queue_consumer_utilisation"),
        ("memory", "rabbitmq_queue_process_memory_bytes"),
        ("message_bytes", "rabbitmq_queue_messages_bytes"),
    ]
    private static let nodeNumbers = [
        ("mem_used", "rabbitmq_process_resident_memory_bytes"),
        ("mem_limit", "rabbitmq_resident_memory_limit_bytes"),
        ("disk_free", "rabbitmq_disk_space_available_bytes"),
        ("disk_free_limit", "rabbitmq_disk_space_available_limit_bytes"),
        ("fd_used", "rabbitmq_process_open_fds"), ("fd_total", "rabbitmq_process_max_fds"),
        ("sockets_used", "rabbitmq_process_open_tcp_sockets"), ("sockets_total", "rabbitmq_process_max_tcp_sockets"),
        ("proc_used", "rabbitmq_erlang_processes_used"), ("proc_total", "rabbitmq_erlang_processes_limit"),
        ("uptime", "rabbitmq_node_uptime_milliseconds"),
    ]
    private static let totals = [
        ("connections", "rabbitmq_connections"), ("channels", "rabbitmq_channels"),
        ("consumers", "rabbitmq_consumers"), ("queues", "rabbitmq_queues"), ("exchanges", "rabbitmq_exchanges"),
    ]

    private let settings: RabbitMQCollectorSettings
    private let client: HTTPClient
    private let include: Pattern
    private let exclude: Pattern?

    init(_ settings: RabbitMQCollectorSettings, _ client: HTTPClient) throws(PatternError) {
        self.settings = settings
        self.client = client
        include = try Pattern(settings.include, anchored: true)
        exclude = settings.exclude.isEmpty ? nil : try Pattern(settings.exclude, anchored: true)
    }

    func report(_ deadline: MonotonicInstant) async -> ServerReport {
        var report = ServerReport()
        do throws(RabbitMQError) {
            noteOverview(try await ask("overview", deadline), &report)
            let columns = Self.nodeNumbers.map(\.0) + ["name", "running", "mem_alarm", "disk_free_alarm", "partitions"]
            noteNodes(try await ask("nodes?columns=\(columns.joined(separator: ","))", deadline), &report)
            let told = Self.queueNumbers.map(\.0) + ["name", "vhost", "state"]
            noteQueues(try await ask("queues?columns=\(told.joined(separator: ","))", deadline), &report)
        } catch {
            return ServerReport(complaint: error.description)
        }
        return report
    }

    // MARK: Asking

    private func ask(_ path: String, _ deadline: MonotonicInstant) async throws(RabbitMQError) -> JSONValue {
        let left = deadline - .now
        guard left > .zero else { throw RabbitMQError("no answer in time") }
        var base = settings.url[...]
        while base.hasSuffix("/") { base.removeLast() }
        let request = HTTPRequest("GET", "\(base)/api/\(path)", timeout: left, bodyLimit: Self.bodyMax)
        let response: HTTPResponse
        do throws(HTTPClientError) {
            response = try await client.send(request, settings: settings.client)
        } catch {
            throw RabbitMQError(error.description)
        }
        switch response.status {
        case 200: break
        case 401:
            throw RabbitMQError(
                "it refuses the user and the password: set basic_auth to a user with the tag 'monitoring'"
            )
        case 404: throw RabbitMQError("there is no management API at \(base): is the plugin rabbitmq_management on?")
        default: throw RabbitMQError("it answers with status \(response.status)")
        }
        do throws(JSONError) {
            return try JSONValue(parsing: response.body, repeatedNames: .lastCounts)
        } catch {
            throw RabbitMQError("its answer is no JSON: \(error)")
        }
    }

    // MARK: What it tells

    private func noteOverview(_ overview: JSONValue, _ report: inout ServerReport) {
        for (key, name) in Self.totals {
            if let number = overview["object_totals"]?[key]?.double { report.readings.append(.init(name, [], number)) }
        }
        let labels = [
            Label("rabbitmq_version", overview["rabbitmq_version"]?.string ?? ""),
            Label("erlang_version", overview["erlang_version"]?.string ?? ""),
        ]
        report.readings.append(.init("rabbitmq_build_info", labels, 1))
    }

    private func noteNodes(_ nodes: JSONValue, _ report: inout ServerReport) {
        for node in nodes.array ?? [] {
            let name = node["name"]?.string ?? ""
            let labels = [Label("node", name)]
            let isRunning = node["running"]?.boolean ?? false
            report.readings.append(.init("rabbitmq_node_running", labels, isRunning ? 1 : 0))
            if !isRunning { report.concerns.append("node \(name) does not run") }
            for (key, series) in Self.nodeNumbers {
                if let number = node[key]?.double { report.readings.append(.init(series, labels, number)) }
            }
            for (key, series, words) in [
                ("mem_alarm", "rabbitmq_alarms_memory_used_watermark", "too much of its memory in use"),
                ("disk_free_alarm", "rabbitmq_alarms_free_disk_space_watermark", "too little free disk"),
            ] {
                guard let isOn = node[key]?.boolean else { continue }
                report.readings.append(.init(series, labels, isOn ? 1 : 0))
                if isOn { report.concerns.append("node \(name) takes no messages: \(words)") }
            }
            let partitions = node["partitions"]?.array?.count ?? 0
            report.readings.append(.init("rabbitmq_node_partitions", labels, Double(partitions)))
            if partitions > 0 { report.concerns.append("node \(name) is cut off from \(partitions) others") }
        }
    }

    private func noteQueues(_ queues: JSONValue, _ report: inout ServerReport) {
        let wanted = (queues.array ?? []).filter { queue in
            let name = queue["name"]?.string ?? ""
            return include.matches(name) && !(exclude?.matches(name) ?? false)
        }
        for queue in wanted.prefix(settings.maxQueues) {
            let labels = [
                Label("vhost", queue["vhost"]?.string ?? ""), Label("queue", queue["name"]?.string ?? ""),
            ]
            for (key, series) in Self.queueNumbers {
                if let number = queue[key]?.double { report.readings.append(.init(series, labels, number)) }
            }
            if let state = queue["state"]?.string {
                report.readings.append(
                    .init("rabbitmq_queue_up", labels, state == "down" || state == "crashed" ? 0 : 1)
                )
            }
        }
        report.leftOut = Swift.max(0, wanted.count - settings.maxQueues) * Self.queueNumbers.count
    }
}

/// Why a broker does not tell how it is.
struct RabbitMQError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
