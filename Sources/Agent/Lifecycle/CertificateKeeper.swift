import Configuration
import EventLoop
import Files
import HTTPServer
import Instruments
import Logging

/// Shows clients the certificate that is in its file now, and believes the authorities that are in theirs: whoever renews certificates writes
/// files and restarts nobody.
///
/// Unchecked: confined to the loop, which every entry moves to.
final class CertificateKeeper: @unchecked Sendable {
    /// Certificate and key are two files, written one after the other, perhaps by way of links: once they rest.
    private static let rest = Duration.milliseconds(500)
    // Larger files are no certificates.
    private static let sizeMax = 1 << 20

    private struct Contents: Equatable, Sendable {
        var certificate: [UInt8]
        var key: [UInt8]
        /// Whose signatures count under the certificates of clients; nil where none are asked for.
        var authorities: [UInt8]?
    }

    private let files: WebSettings.Encryption
    private let server: HTTPServer
    private let loop: EventLoop
    private let log: Logger
    private let renewals: Counter
    private let failures: Counter
    private var watch: FolderWatch?
    private var timer: TimerToken?
    private var shown: Contents?

    init(
        _ files: WebSettings.Encryption,
        of server: HTTPServer,
        on loop: EventLoop,
        _ log: Logger,
        _ meters: Instruments
    ) {
        self.files = files
        self.server = server
        self.loop = loop
        self.log = log
        renewals = meters.counter(
            "medic_http_certificate_renewals_total",
            help: "Times that another certificate, or other authorities of clients, were taken up from their files."
        )
        failures = meters.counter(
            "medic_http_certificate_failures_total",
            help: "Times that a certificate, or the authorities of clients, could not be taken up from their files."
        )
        meters.observe(
            "medic_http_certificate_expiry_timestamp_seconds",
            help: "When the certificate expires that clients are shown."
        ) { Double(server.certificateExpiry ?? 0) }
        shown = try? Self.read(files)
    }

    func start() {
        loop.submit { [self] in
            let authorities = files.clientAuthoritiesFile.map { [$0] } ?? []
            let folders = Set(([files.certificateFile, files.keyFile] + authorities).map(Self.folder))
            do {
                watch = try FolderWatch(on: loop, folders: folders.sorted()) { [weak self] in self?.lookSoon() }
            } catch {
                log.warning("changes of the certificate are taken up by a reload only", ["reason": "\(error)"])
            }
        }
    }

    /// A reload looks too: links that lead elsewhere now are no change of their folder.
    func look() {
        loop.submit { [self] in lookSoon() }
    }

    private func lookSoon() {
        timer?.cancel()
        timer = loop.after(Self.rest) { [weak self] in self?.lookNow() }
    }

    private func lookNow() {
        Task { [weak self, files, loop] in
            let contents = await offload { Result { () throws(FileError) in try Self.read(files) } }
            loop.submit { [weak self] in self?.take(contents) }
        }
    }

    private func take(_ contents: Result<Contents, FileError>) {
        do {
            let contents = try contents.get()
            guard contents != shown else { return }
            try server.renew(
                HTTPServer.TLS(
                    certificate: contents.certificate,
                    key: contents.key,
                    clientAuthorities: contents.authorities
                )
            )
            let former = shown
            shown = contents
            renewals.add()
            if former?.authorities != contents.authorities {
                log.info("other authorities of clients count", ["file": files.clientAuthoritiesFile ?? ""])
            }
            if former?.certificate != contents.certificate || former?.key != contents.key {
                log.info("clients are shown the new certificate", ["file": files.certificateFile])
            }
        } catch {
            failures.add()
            log.error(
                "new certificates cannot be used: the former ones stay in place",
                ["file": files.certificateFile, "reason": "\(error)"]
            )
        }
    }

    private static func read(_ files: WebSettings.Encryption) throws(FileError) -> Contents {
        Contents(
            certificate: Array(try FileSystem.readText(files.certificateFile, limit: sizeMax).utf8),
            key: Array(try FileSystem.readText(files.keyFile, limit: sizeMax).utf8),
            authorities: try files.clientAuthoritiesFile.map { path throws(FileError) in
                Array(try FileSystem.readText(path, limit: sizeMax).utf8)
            }
        )
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
