import Configuration
import HTTPServer
import Logging
import Synchronization

// What of the web section can be taken up while clients are there.
extension Agent {
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
