/// Why a server cannot begin to serve.
public enum HTTPServerError: Error, Hashable, Sendable {
    /// The address is no address, is taken, or is not ours to use.
    case cannotListen(on: String, reason: String)
    /// The library refuses: the certificate does not fit the key, or there are no descriptors left.
    case cannotServe(on: String, isTLS: Bool)
    case alreadyStarted
}

extension HTTPServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .cannotServe(let address, isTLS: true):
            "cannot serve on \(address): the certificate and the key cannot be used together, or a limit of the process is reached"
        case .cannotServe(let address, isTLS: false): "cannot serve on \(address): a limit of the process is reached"
        case .alreadyStarted: "the server has been started before"
        }
    }
}
