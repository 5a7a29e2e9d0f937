import Configuration
import HTTPServer
import Metrics
import Secrets

/// Decides who somebody is and whether they may do what they ask for.
///
/// - The unix socket: root, the agent's own user and the members of the socket's group operate, on the kernel's word.
/// - A certificate, a token or a password: the role it is configured for. Wrong ones are refused, wherever they come from.
/// - Without any of these, on this machine: readers, as long as no credentials are configured or when `auth.loopback` says
///   so. Every user of a machine can connect to its loopback ports, so they are operators only where `auth.loopback:
///   operator` says that this is wanted. They may tell of alerts, unless `auth.loopback: nobody` forbids it.
/// - A signature by a key that `auth.senders` knows: may tell of alerts.
/// - Anybody else: `auth.anonymous`, by default nobody.
///
/// Commands must not come from another site's page, and neither may questions whose only credential is to come from this
/// machine: a browser on it would lend its place to any site whose name is made to point here.
struct Gatekeeper: Sendable {
    private let access: WebAccess
    private let book: CredentialBook
    private let sameOrigin: SameOrigin
    private let ownUser: UInt32
    private let operatorGroup: UInt32?
    private let hashing: WorkGate

    init(_ settings: WebSettings, hashing: WorkGate, ownUser: UInt32 = UserGroups.ownUser) {
        access = settings.access
        book = CredentialBook(settings.access)
        sameOrigin = SameOrigin(hosts: settings.hosts, externalURL: settings.externalURL)
        self.ownUser = ownUser
        operatorGroup = settings.socket.flatMap { UserGroups.number(ofGroup: $0.group) }
        self.hashing = hashing
    }

    /// Who asks for what the route gives.
    func principal(of request: HTTPServer.Request, for route: Route) async throws(WebRefusal) -> Principal {
        if case .unix(let user, let groups, _) = request.peer { return local(user, groups) }
        if let certificate = request.clientCertificate {
            let names = [certificate.commonName] + certificate.alternativeNames
            if let principal = book.principal(certificateNames: names) { return principal }
        }
        if let authorization = request.headers["authorization"] { return try await proven(authorization) }
        if route.role == .sender, let principal = try signer(of: request) { return principal }
        if request.peer.isLocal {
            if route.role == .sender, access.loopback == nil || access.loopback == .reader {
                return Principal(name: "loopback", role: .sender, proof: .loopback)
            }
            let role = access.loopback ?? (access.hasCredentials ? .nobody : .reader)
            guard role != .nobody else { return .anybody }
            return Principal(name: "loopback", role: role.role, proof: .loopback)
        }
        return Principal(name: "anonymous", role: access.anonymous == .nobody ? .nobody : .reader, proof: .none)
    }

    /// Who signed the message; nil where nobody did, or nobody could check it.
    private func signer(of request: HTTPServer.Request) throws(WebRefusal) -> Principal? {
        guard book.hasSigningKeys, let signature = request.headers[MessageSignature.header.lowercased()] else {
            return nil
        }
        let now = Timestamp.now.rawValue / 1_000
        guard book.verify(signature, of: request.body, now: now) else {
            let reason = "another key, another body, or a time that is more than five minutes away"
            throw WebRefusal(.unauthorized, "the header \(MessageSignature.header) does not fit: \(reason)")
        }
        return Principal(name: "signer", role: .sender, proof: .signature)
    }

    private func local(_ user: UInt32, _ groups: [UInt32]) -> Principal {
        let isOperator = user == 0 || user == ownUser || operatorGroup.map { groups.contains($0) } == true
        // Whoever the permissions of the socket let in may at least read.
        let name = UserGroups.name(ofUser: user) ?? "uid \(user)"
        return Principal(name: name, role: isOperator ? .operator : .reader, proof: .socket)
    }

    private func proven(_ authorization: String) async throws(WebRefusal) -> Principal {
        let sides = authorization.split(separator: " ", maxSplits: 1)
        let value = sides.count == 2 ? String(sides[1]) : ""
        switch sides.first?.lowercased() {
        case "bearer":
            if let principal = book.principal(token: value) { return principal }
        case "basic":
            guard let (user, password) = Self.login(value) else { break }
            if let principal = book.knownPrincipal(user: user, password: password) { return principal }
            guard book.hasLogins else { break }
            let book = book
            if let principal = try await hashing.run({ book.principal(user: user, password: password) }) {
                return principal
            }
        default: break
        }
        throw WebRefusal(.unauthorized, "the credentials are not known here")
    }

    /// Whether they may ask for what the route gives.
    func admit(_ principal: Principal, _ request: HTTPServer.Request, to route: Route) throws(WebRefusal) {
        let complaint: String? =
            switch route.effect {
            case .none: nil
            case .message: sameOrigin.complaintAboutSite(of: request)
            case .command: sameOrigin.complaint(about: request)
            }
        if let complaint { throw WebRefusal(.forbidden, complaint) }
        if route.role == .nobody { return }
        if principal.proof == .loopback, !sameOrigin.knows(request) {
            let host = request.headers["host"] ?? ""
            throw WebRefusal(.forbidden, "the host '\(host)' is not known here: add it to web.hosts")
        }
        if principal.role.covers(route.role) { return }
        if principal.proof == .none { throw WebRefusal(.unauthorized, "credentials are needed") }
        if route.role == .sender {
            throw WebRefusal(.forbidden, "this needs credentials of auth.senders, and \(principal.name) has others")
        }
        if principal.role == .sender {
            throw WebRefusal(.forbidden, "\(principal.name) may tell of alerts and nothing else")
        }
        let advice =
            principal.proof == .loopback
            ? ": use the unix socket, or credentials of an operator, or configure auth.loopback: operator" : ""
        throw WebRefusal(.forbidden, "this needs an operator, and \(principal.name) is a reader\(advice)")
    }

    private static func login(_ text: String) -> (user: String, password: String)? {
        guard let bytes = Base64.decode(text), let login = String(validating: bytes, as: UTF8.self) else { return nil }
        let sides = login.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return sides.count == 2 ? (String(sides[0]), String(sides[1])) : nil
    }
}

extension WebAccess.Anonymous {
    fileprivate var role: Role {
        switch self {
        case .nobody: .nobody
        case .reader: .reader
        case .operator: .operator
        }
    }
}

/// The encoding of RFC 4648 that basic authentication uses.
enum Base64 {
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var collected: UInt32 = 0
        var count = 0
        let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            collected = collected << 6 | UInt32(value)
            count += 1
            if count == 4 {
                bytes += [UInt8(collected >> 16 & 0xff), UInt8(collected >> 8 & 0xff), UInt8(collected & 0xff)]
                (collected, count) = (0, 0)
            }
        }
        switch count {
        case 0: break
        case 2: bytes.append(UInt8(collected >> 4 & 0xff))
        case 3: bytes += [UInt8(collected >> 10 & 0xff), UInt8(collected >> 2 & 0xff)]
        default: return nil
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
