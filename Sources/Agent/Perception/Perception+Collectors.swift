import Collectors
import Configuration
import EventLoop
import HTTPClient
import Instruments
import Logging
import Metrics
import Storage

// What medic looks at by itself, each made from its section. One that cannot be made is told, and the others go on.
extension Perception {
    func host(_ settings: HostCollectorSettings) -> HostCollector? {
        made("the host cannot be watched") {
            let collector = try HostCollector(
                settings,
                // As node_exporter's job is called by whoever wrote rules and dashboards for it.
                labels: settings.basics.commonLabels(job: "node", instance: HostName.current),
                loop: ground.senses,
                store: store,
                instruments: ground.instruments,
                log: ground.log.named("collectors"),
                landed: landed
            )
            collector.start()
            return collector
        }
    }

    func journal(_ settings: JournalCollectorSettings) -> JournalCollector? {
        made("the journal cannot be watched") {
            let collector = try JournalCollector(
                settings,
                labels: settings.basics.commonLabels(job: "journal", instance: HostName.current),
                loop: ground.senses,
                store: store,
                instruments: ground.instruments,
                log: ground.log.named("collectors"),
                landed: landed
            )
            collector.start()
            return collector
        }
    }

    func systemd(_ settings: SystemdCollectorSettings) -> SystemdCollector? {
        made("units cannot be watched") {
            let collector = try SystemdCollector(
                settings,
                labels: settings.basics.commonLabels(job: "systemd", instance: HostName.current),
                manager: manager,
                store: store,
                instruments: ground.instruments,
                log: ground.log.named("collectors"),
                landed: landed
            )
            collector.start()
            return collector
        }
    }

    func makeProbes() -> ProbeCollector {
        ProbeCollector(
            labels: { probe in
                let common = probe.basics.commonLabels(job: "probe", instance: probe.target.text)
                var labels = LabelsBuilder(common)
                labels.set("probe", probe.name)
                return labels.build()
            },
            client: client,
            store: store,
            instruments: ground.instruments,
            log: ground.log.named("probes"),
            landed: landed
        )
    }

    func server(_ settings: WatchedServer) -> ServerCollector? {
        switch settings {
        case .redis(let settings): redis(settings)
        case .postgres(let settings): postgres(settings)
        case .rabbitmq(let settings): rabbitmq(settings)
        }
    }

    private func redis(_ settings: RedisCollectorSettings) -> ServerCollector? {
        started(settings.name) {
            try .redis(
                settings,
                labels: settings.basics.commonLabels(job: "redis", instance: settings.place),
                loop: ground.senses,
                store: store,
                log: ground.log.named("collectors"),
                landed: landed
            )
        }
    }

    private func postgres(_ settings: PostgresCollectorSettings) -> ServerCollector? {
        started(settings.name) {
            try .postgres(
                settings,
                labels: settings.basics.commonLabels(job: "postgres", instance: settings.place),
                loop: ground.senses,
                store: store,
                log: ground.log.named("collectors"),
                landed: landed
            )
        }
    }

    private func rabbitmq(_ settings: RabbitMQCollectorSettings) -> ServerCollector? {
        started(settings.name) {
            try .rabbitmq(
                settings,
                labels: settings.basics.commonLabels(job: "rabbitmq", instance: settings.url),
                client: client,
                store: store,
                log: ground.log.named("collectors"),
                landed: landed
            )
        }
    }

    private func started(_ name: String, _ make: () throws -> ServerCollector) -> ServerCollector? {
        made("a server cannot be watched", server: name) {
            let collector = try make()
            collector.start()
            return collector
        }
    }

    private func made<Collector>(
        _ complaint: StaticString,
        server: String? = nil,
        _ make: () throws -> Collector
    ) -> Collector? {
        do {
            return try make()
        } catch {
            let reason = "\(error)"
            ground.log.error(complaint, server.map { ["server": $0, "error": reason] } ?? ["error": reason])
            return nil
        }
    }
}

/// A server that is looked at, with all that decides how.
enum WatchedServer: Hashable {
    case redis(RedisCollectorSettings)
    case postgres(PostgresCollectorSettings)
    case rabbitmq(RabbitMQCollectorSettings)

    static func all(of settings: CollectorSettings) -> [WatchedServer] {
        settings.redis.map { .redis($0) } + settings.postgres.map { .postgres($0) }
            + settings.rabbitmq.map { .rabbitmq($0) }
    }
}
