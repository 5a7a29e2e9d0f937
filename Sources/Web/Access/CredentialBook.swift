import Configuration
import EventLoop
import Files
import Passwords
import Secrets
import Synchronization

/// Who has which credentials, and whether what was shown is one of them.
final class CredentialBook: Sendable {
    private struct Token {
        let role: Role
        let secret: Secret
    }

    private struct Login {
        let role: Role
        let name: String
        let hash: PasswordHash
    }

    private struct FileContent {
        let bytes: [UInt8]
        let readAt: MonotonicInstant
    }

    private struct Memory {
        var files: [String: FileContent] = [:]
        /// Logins that were checked before, so that not every request pays for the hash. Of the password there is only a
        /// hash with a key that this process alone has.
        var proven: [Int: Int] = [:]
    }

    private let tokens: [Token]
    private let logins: [Login]
    private let certificates: [(role: Role, name: String)]
    private let signingKeys: [Secret]
    private let memory = Mutex(Memory())

    // A file that was replaced is noticed after so long.
    private static let fileLifetime = Duration.seconds(5)
    private static let tokenFileMax = 64 << 10
    private static let provenMax = 64

    init(_ access: WebAccess) {
        // Operators first: whoever is both is an operator.
        let books = [
            (Role.operator, access.operators), (Role.reader, access.readers), (Role.sender, access.senders),
        ]
        signingKeys = access.signingKeys
        tokens = books.flatMap { role, book in book.tokens.map { Token(role: role, secret: $0) } }
        logins = books.flatMap { role, book in
            book.users.compactMap { user in
                user.passwordHash.revealInline().flatMap(PasswordHash.init).map {
                    Login(role: role, name: user.name, hash: $0)
                }
            }
        }
        certificates = books.flatMap { role, book in book.certificateNames.map { (role, $0) } }
    }

    var hasLogins: Bool { !logins.isEmpty }
    var hasSigningKeys: Bool { !signingKeys.isEmpty }

    /// Whether one of the keys made the signature, of this message and lately.
    func verify(_ signature: String, of message: [UInt8], now: Int64) -> Bool {
        signingKeys.contains { known in
            guard let key = bytes(of: known), !key.isEmpty else { return false }
            return MessageSignature.verify(signature, of: message, key: key, now: now)
        }
    }

    func principal(certificateNames names: [String]) -> Principal? {
        certificates.first { entry in names.contains { $0.utf8.elementsEqual(entry.name.utf8) } }
            .map { Principal(name: $0.name, role: $0.role, proof: .certificate) }
    }

    func principal(token: String) -> Principal? {
        let shown = Array(token.utf8)
        // All are compared, so that the time does not tell which one it was.
        let matching = tokens.filter { known in
            guard let bytes = bytes(of: known.secret), !bytes.isEmpty else { return false }
            return ConstantTime.equal(bytes, shown)
        }
        return matching.first.map { Principal(name: "token", role: $0.role, proof: .token) }
    }

    /// Whether a login was checked before. Nil says that it has to be.
    func knownPrincipal(user: String, password: String) -> Principal? {
        let place = memory.withLock { $0.proven[Self.digest(user, password)] }
        return place.map { principal(of: logins[$0]) }
    }

    /// Checks a login, which takes a while.
    func principal(user: String, password: String) -> Principal? {
        guard let place = logins.firstIndex(where: { $0.name.utf8.elementsEqual(user.utf8) }) else {
            // A name that nobody has takes as long as one that somebody has.
            _ = logins.first?.hash.matches(password)
            return nil
        }
        guard logins[place].hash.matches(password) else { return nil }
        memory.withLock { memory in
            if memory.proven.count >= Self.provenMax { memory.proven = [:] }
            memory.proven[Self.digest(user, password)] = place
        }
        return principal(of: logins[place])
    }

    private func principal(of login: Login) -> Principal {
        Principal(name: login.name, role: login.role, proof: .password)
    }

    private static func digest(_ user: String, _ password: String) -> Int {
        // Swift seeds its hashes for each process; sixty-four bits of it cannot be searched from outside.
        var hasher = Hasher()
        hasher.combine(user)
        hasher.combine(password)
        return hasher.finalize()
    }

    private func bytes(of secret: Secret) -> [UInt8]? {
        if let text = secret.revealInline() { return Array(text.utf8) }
        guard let path = secret.file else { return nil }
        let now = MonotonicInstant.now
        if let known = memory.withLock({ $0.files[path] }), now - known.readAt < Self.fileLifetime {
            return known.bytes
        }
        guard let text = try? FileSystem.readText(path, limit: Self.tokenFileMax) else { return nil }
        let bytes = Array(text.utf8.drop(while: Self.isBlank).reversed().drop(while: Self.isBlank).reversed())
        memory.withLock { $0.files[path] = FileContent(bytes: bytes, readAt: now) }
        return bytes
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
