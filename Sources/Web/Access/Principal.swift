public import HTTPServer

/// Who asks, and what they may do.
public struct Principal: Sendable, Hashable {
    /// How the agent knows.
    public enum Proof: String, Sendable, Hashable {
        case socket
        case token
        case password
        case certificate
        case signature
        case loopback
        case none
    }

    public let name: String
    public let role: Role
    public let proof: Proof

    public init(name: String, role: Role, proof: Proof) {
        self.name = name
        self.role = role
        self.proof = proof
    }

    static let anybody = Principal(name: "anonymous", role: .nobody, proof: .none)
}

/// A command that somebody gave, or tried to give.
public struct AuditEntry: Sendable, Hashable {
    public let principal: Principal
    /// Where they sat: an address, or the process behind the unix socket.
    public let peer: HTTPServer.Peer
    public let method: String
    public let path: String
    /// How it was answered.
    public let status: Int

    public init(principal: Principal, peer: HTTPServer.Peer, method: String, path: String, status: Int) {
        self.principal = principal
        self.peer = peer
        self.method = method
        self.path = path
        self.status = status
    }
}
