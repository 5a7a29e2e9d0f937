/// What a Redis server answers: the types of RESP2.
public indirect enum RedisValue: Sendable, Hashable {
    case status(String)
    case error(String)
    case integer(Int64)
    case bytes([UInt8])
    case null
    case array([RedisValue])

    /// Bytes or a status as text.
    public var text: String? {
        switch self {
        case .status(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let number): String(number)
        default: nil
        }
    }

    public var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    public var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    public var array: [RedisValue]? {
        if case .array(let values) = self { values } else { nil }
    }
}

/// What went wrong with a Redis server.
public enum RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    case connection(String)
    case timedOut
    case cancelled
    /// The server refused the command, in its own words.
    case refused(String)
    /// The answer is not RESP, or larger than the limits.
    case malformed(String)

    public var description: String {
        switch self {
        case .connection(let reason): reason
        case .timedOut: "no answer in time"
        case .cancelled: "cancelled"
        case .refused(let reason): reason
        case .malformed(let reason): "not an answer of Redis: \(reason)"
        }
    }
}
