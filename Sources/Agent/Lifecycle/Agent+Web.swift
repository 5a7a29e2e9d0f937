import Configuration
import HTTPServer
import Logging
import Synchronization
import Web

// How the agent is reached, and what of that can change while clients are there.
extension Agent {
    func serve(_ configuration: MedicConfiguration) throws {
        var settings = configuration.web
        if !ground.options.listen.isEmpty {
            settings.listen = try ground.options.listen.map { text in
                guard let address = WebSettings.Address(text: text) else { throw AgentProblem.badAddress(text) }
                return address
            }
        }
        if settings.socket == WebSettings.Socket(), let path = ground.options.ownSocketPath {
            settings.socket?.path = path
        }
        if let path = ground.options.socketPath {
            settings.socket = path.isEmpty ? nil : settings.socket ?? WebSettings.Socket()
            settings.socket?.path = path
        }
        let log = ground.log.named("web")
        let room = webRoom(settings, log)
        let made = HTTPServer(
            try HTTPServer.Settings(settings),
            handler: room,
            instruments: ground.instruments,
            log: log
        )
        try made.start()
        server.withLock { $0 = made }
        keepCertificate(settings, of: made)
        let desk = Desk(self)
        HealthWatch(on: ground.senses, events: ground.events) { await desk.health() }.start()
    }

    /// Everything that is served.
    func webRoom(_ settings: WebSettings, _ log: Logger) -> WebRoom {
        let desk = Desk(self)
        let alerting = AlertManagingRoutes(AlertingDesk(self), desk, settings, ground.instruments)
        let routes =
            OperatingRoutes(desk, ground.instruments).routes + configRoutes + alerting.routes
            + ReceiverRoutes(desk).routes
        return WebRoom(settings, desk: desk, routes: routes, instruments: ground.instruments, log: log)
    }

    /// What can be asked and told about tracked files.
    private var configRoutes: [Route] {
        ConfigRoutes(
            configs: configs,
            rollbacks: ConfigRollbacks(ground: ground, doer: doer, configs: configs)
        ).routes
    }

    /// Has the certificate renewed when its files change.
    func keepCertificate(_ settings: WebSettings, of server: HTTPServer) {
        guard let files = settings.tls else { return }
        let keeper = CertificateKeeper(
            files,
            of: server,
            on: ground.senses,
            ground.log.named("web"),
            ground.instruments
        )
        keeper.start()
        certificate.withLock { $0 = keeper }
    }

    /// A reload leaves the listening sockets as they are: what would change them is told rather than passed over.
    func applyWeb(_ settings: WebSettings, instead former: WebSettings) {
        certificate.withLock { $0 }?.look()
        guard settings != former else { return }
        ground.log.warning(
            "the section 'web' has changed: it is taken up by a restart of medic, until then the former one holds"
        )
    }
}
