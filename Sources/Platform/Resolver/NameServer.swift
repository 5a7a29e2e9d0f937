public import EventLoop

/// What one server says to one question.
public struct DNSReply: Hashable, Sendable {
    /// 0: no error; 3: there is no such name ...
    public var code: UInt8
    /// The records of the answer as far as their kinds are known; those a name leads to by way of others are among them.
    public var records: [DNSRecord]
    public var answerCount: Int
    public var authorityCount: Int
    public var additionalCount: Int
}

/// One name server that is asked by itself: no search list, no second try, no other server in its place.
public struct NameServer: Sendable {
    private let server: ResolverSettings.Server
    private let loop: EventLoop

    public init(_ server: ResolverSettings.Server, loop: EventLoop) {
        self.server = server
        self.loop = loop
    }

    /// Asks for the records of a kind that a name has: by a datagram, and by a connection where the answer is too long for one or it is
    /// wanted so. On the loop.
    public func ask(
        _ type: DNSRecordType,
        of name: String,
        byConnection: Bool = false,
        timeout: Duration,
        then answer: @escaping @Sendable (Result<DNSReply, ResolverError>) -> Void
    ) {
        precondition(loop.isCurrent, "names are asked for on the loop")
        guard let question = DNSMessage.question(name, type, identifier: .random(in: 0...UInt16.max)) else {
            return answer(.failure(.badName(name)))
        }
        DNSExchange(loop, server, question, timeout, byConnection: byConnection) { result in
            switch result {
            case .success(let found):
                let reply = DNSReply(
                    code: found.code,
                    records: found.records,
                    answerCount: found.answerCount,
                    authorityCount: found.authorityCount,
                    additionalCount: found.additionalCount
                )
                answer(.success(reply))
            case .failure(let error): answer(.failure(.noAnswer(name: name, reason: error.reason)))
            }
        }.start()
    }
}
