public import EventLoop

/// Why a name server gave no answer.
public enum ResolverError: Error, Hashable, Sendable, CustomStringConvertible {
    case badName(String)
    /// No server answered, and the last reason.
    case noAnswer(name: String, reason: String)

    public var description: String {
        switch self {
        case .badName(let name): "\"\(name)\" is no name that can be asked for"
        case .noAnswer(let name, let reason): "no name server answers about \(name): \(reason)"
        }
    }
}

/// Asks name servers for records of all kinds, which the system's own functions do not offer. Never blocks.
///
/// Unchecked: confined to the loop; every entry checks.
public final class Resolver: @unchecked Sendable {
    public typealias Answer = @Sendable (Result<[DNSRecord], ResolverError>) -> Void

    let loop: EventLoop
    private let settings: @Sendable () -> ResolverSettings

    /// `settings` is asked with every question, since the system's file may change.
    public init(loop: EventLoop, settings: @escaping @Sendable () -> ResolverSettings = { .system() }) {
        self.loop = loop
        self.settings = settings
    }

    /// The records of a kind that a name has, by the search list of the system; none where there is no such name. On the loop.
    public func records(_ type: DNSRecordType, of name: String, then answer: @escaping Answer) {
        precondition(loop.isCurrent, "names are asked for on the loop")
        let settings = settings()
        let names = settings.candidates(for: name)[...]
        Lookup(self, settings, type, name, answer).next(names)
    }
}

/// One name on its way through candidates, servers and attempts.
///
/// Unchecked: confined to the loop.
private final class Lookup: @unchecked Sendable {
    private let resolver: Resolver
    private let settings: ResolverSettings
    private let type: DNSRecordType
    private let name: String
    private let answer: Resolver.Answer

    init(
        _ resolver: Resolver,
        _ settings: ResolverSettings,
        _ type: DNSRecordType,
        _ name: String,
        _ answer: @escaping Resolver.Answer
    ) {
        self.resolver = resolver
        self.settings = settings
        self.type = type
        self.name = name
        self.answer = answer
    }

    func next(_ names: ArraySlice<String>) {
        guard let candidate = names.first else { return answer(.success([])) }
        let tries = (0..<settings.attempts).flatMap { _ in settings.servers }
        ask(candidate, tries[...], names.dropFirst(), reason: "there is none")
    }

    private func ask(
        _ candidate: String,
        _ servers: ArraySlice<ResolverSettings.Server>,
        _ names: ArraySlice<String>,
        reason: String
    ) {
        guard let server = servers.first else {
            return answer(.failure(.noAnswer(name: name, reason: reason)))
        }
        guard let question = DNSMessage.question(candidate, type, identifier: .random(in: 0...UInt16.max)) else {
            return answer(.failure(.badName(name)))
        }
        DNSExchange(resolver.loop, server, question, settings.timeout) { [self] result in
            switch result {
            case .success(let found) where found.code == 0:
                let wanted = found.records.filter { $0.type == type }
                if wanted.isEmpty, !names.isEmpty { next(names) } else { answer(.success(wanted)) }
            // There is no such name: the next candidate may exist.
            case .success(let found) where found.code == 3: next(names)
            case .success(let found):
                ask(candidate, servers.dropFirst(), names, reason: "\(server.address) answers with code \(found.code)")
            case .failure(let error):
                ask(candidate, servers.dropFirst(), names, reason: "\(server.address): \(error.reason)")
            }
        }.start()
    }
}
