public import Configuration
public import Files
public import HTTPServer
import Metrics

extension HTTPServer.Settings {
    /// What the web section asks for, with the certificates read from their files.
    public init(_ settings: WebSettings) throws(FileError) {
        var listeners = settings.listen.map { HTTPServer.Listener.tcp(host: $0.host, port: $0.port) }
        if let socket = settings.socket {
            // On a host without that group the socket is for root and the agent's own user.
            let group = UserGroups.number(ofGroup: socket.group) == nil ? nil : socket.group
            listeners.append(.unix(path: socket.path, mode: socket.mode, group: group))
        }
        var tls: HTTPServer.TLS?
        if let files = settings.tls {
            tls = HTTPServer.TLS(
                certificate: try FileSystem.read(files.certificateFile),
                key: try FileSystem.read(files.keyFile),
                clientAuthorities: try files.clientAuthoritiesFile.map { path throws(FileError) in
                    try FileSystem.read(path)
                }
            )
        }
        self.init(listeners: listeners, tls: tls, limits: HTTPServer.Limits(settings.limits))
    }
}

extension HTTPServer.Limits {
    init(_ settings: WebSettings.Limits) {
        self.init()
        connections = settings.connections
        connectionsPerAddress = settings.connectionsPerAddress
        requestsInFlight = settings.requests
        headerBytes = Int(settings.headerBytes.rawValue)
        bodyBytes = Int(settings.bodyBytes.rawValue)
        allBodyBytes = max(allBodyBytes, bodyBytes * 4)
        idle = .milliseconds(settings.idleTimeout.rawValue)
        receiving = .milliseconds(settings.receiveTimeout.rawValue)
        sending = .milliseconds(settings.sendTimeout.rawValue)
    }
}
