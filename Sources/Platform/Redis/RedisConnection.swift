public import EventLoop
public import Sockets

/// A connection to a Redis server, used by one thread at a time. Its calls block until their deadlines at most.
public struct RedisConnection: ~Copyable, Sendable {
    private let socket: StreamSocket
    private var reader = RedisReader()

    /// Connects, logs in where there is a password, and chooses the database.
    public static func open(
        _ place: SocketPlace,
        user: String? = nil,
        password: String? = nil,
        database: Int = 0,
        deadline: MonotonicInstant,
        interruption: Interruption? = nil
    ) throws(RedisError) -> RedisConnection {
        var connection = RedisConnection(try connect(place, deadline, interruption))
        if let password {
            _ = try connection.command(["AUTH"] + (user.map { [$0] } ?? []) + [password], deadline: deadline)
        }
        if database != 0 { _ = try connection.command(["SELECT", String(database)], deadline: deadline) }
        return connection
    }

    private init(_ socket: consuming StreamSocket) {
        self.socket = socket
    }

    private static func connect(
        _ place: SocketPlace,
        _ deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) throws(RedisError) -> StreamSocket {
        do throws(SocketError) {
            return try StreamSocket(to: place, deadline: deadline, interruption: interruption)
        } catch {
            throw translated(error)
        }
    }

    /// Sends a command and waits for its answer; a refusal is thrown.
    public mutating func command(_ words: [String], deadline: MonotonicInstant) throws(RedisError) -> RedisValue {
        try command(bytes: words.map { Array($0.utf8) }, deadline: deadline)
    }

    /// The same for words that are no text.
    public mutating func command(
        bytes words: [[UInt8]],
        deadline: MonotonicInstant
    ) throws(RedisError) -> RedisValue {
        let answers = try pipeline([words], deadline: deadline)
        guard let answer = answers.first else { throw .malformed("no answer") }
        if case .error(let reason) = answer { throw .refused(reason) }
        return answer
    }

    /// Sends commands in one go and returns an answer for each, refusals among them.
    public mutating func pipeline(
        _ commands: [[[UInt8]]],
        deadline: MonotonicInstant
    ) throws(RedisError) -> [RedisValue] {
        var answers: [RedisValue] = []
        do throws(SocketError) {
            try socket.write(commands.flatMap(Self.encoded), deadline: deadline)
        } catch {
            throw Self.translated(error)
        }
        while answers.count < commands.count {
            if let answer = try reader.next() {
                answers.append(answer)
                continue
            }
            let more: [UInt8]
            do throws(SocketError) {
                more = try socket.read(deadline: deadline)
            } catch {
                throw Self.translated(error)
            }
            try reader.append(more)
        }
        return answers
    }

    /// Each word goes with its length: whatever bytes it holds, it stays one word.
    private static func encoded(_ words: [[UInt8]]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes += Array("$\(word.count)\r\n".utf8)
            bytes += word
            bytes += [13, 10]
        }
        return bytes
    }

    private static func translated(_ error: SocketError) -> RedisError {
        switch error {
        case .timedOut: .timedOut
        case .cancelled: .cancelled
        default: .connection(error.description)
        }
    }
}
