/// Why a server cannot begin to serve.
public enum HTTPServerError: Error, Hashable, Sendable {
    /// The address is no address, is taken, or is not ours to use.
    case cannotListen(on: String, reason: String)
    /// The library refuses: there are no descriptors left, or the authorities of clients cannot be read.
    case cannotServe(on: String, isTLS: Bool)
    /// What is wrong with the certificate and its key.
    case badCertificate(String)
    case alreadyStarted
}

extension HTTPServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .cannotServe(let address, isTLS: true):
            "cannot serve on \(address): the authorities of clients cannot be read, or a limit of the process is reached"
        case .cannotServe(let address, isTLS: false): "cannot serve on \(address): a limit of the process is reached"
        case .badCertificate(let reason): "cannot serve with TLS: \(reason)"
        case .alreadyStarted: "the server has been started before"
        }
    }
}
