/// Why bytes cannot be packed or unpacked.
public enum CompressionError: Error, Hashable, Sendable {
    /// The bytes are not what gzip writes, with zlib's reason.
    case corrupt(String)
    /// The text ends in the middle.
    case truncated
    /// The unpacked text would be longer than the caller allows.
    case tooLong(limit: Int)
    case outOfMemory
}

extension CompressionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .corrupt(let reason): "not a gzip stream: \(reason)"
        case .truncated: "the gzip stream ends in the middle"
        case .tooLong(let limit): "the unpacked text is longer than \(limit) bytes"
        case .outOfMemory: "no memory for compression"
        }
    }
}
