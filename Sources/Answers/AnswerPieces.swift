import JSON
public import Metrics
public import PromQL

/// The body of a successful answer in pieces, so that a long one never exists as a whole beside the result.
public struct AnswerPieces {
    private enum State {
        case begin
        case elements(next: Int)
        case end
    }

    private let result: QueryResult
    private let query: String
    private let time: Timestamp
    private let warnings: [String]
    private var state = State.begin

    // About so many bytes make a piece; one series is never divided.
    private static let pieceLength = 64 << 10

    /// - Parameters:
    ///   - time: the moment of an instant query.
    ///   - limit: how many series to answer at most; the rest is left out with a warning. Nil for all.
    public init(_ result: QueryResult, query: String, time: Timestamp, limit: Int? = nil) {
        var result = result
        warnings = result.value.truncate(to: limit) ? ["results truncated due to limit"] : []
        self.result = result
        self.query = query
        self.time = time
    }

    /// The next bytes; nil behind the last.
    public mutating func next() -> [UInt8]? {
        switch state {
        case .begin: begin()
        case .elements(let place): elements(from: place)
        case .end: nil
        }
    }

    private mutating func begin() -> [UInt8] {
        guard result.value.elementCount != nil else {
            state = .end
            var writer = JSONWriter()
            writer.object { $0.members(of: result, query: query, time: time) }
            return writer.takeBytes()
        }
        state = .elements(next: 0)
        return Array(#"{"status":"success","data":{"resultType":"\#(result.value.typeName)","result":["#.utf8)
    }

    private mutating func elements(from place: Int) -> [UInt8] {
        let count = result.value.elementCount ?? 0
        var bytes: [UInt8] = []
        var place = place
        while place < count, bytes.count < Self.pieceLength {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            var writer = JSONWriter()
            writer.element(place, of: result.value)
            bytes += writer.takeBytes()
            place += 1
        }
        state = .elements(next: place)
        if place < count { return bytes }
        state = .end
        bytes += "]}".utf8
        var remarks = JSONWriter()
        remarks.object { $0.remarks(on: result, query, besides: warnings) }
        // The remarks are members of the object that is open, so their own braces go.
        let members = remarks.takeBytes().dropFirst().dropLast()
        if !members.isEmpty { bytes.append(UInt8(ascii: ",")) }
        bytes += members
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension QueryValue {
    /// How many series there are; nil for single values.
    fileprivate var elementCount: Int? {
        switch self {
        case .scalar, .string: nil
        case .vector(let elements): elements.count
        case .matrix(let series): series.count
        }
    }

    /// Leaves out what is beyond the limit; tells whether there was any.
    fileprivate mutating func truncate(to limit: Int?) -> Bool {
        guard let limit, let count = elementCount, count > limit else { return false }
        switch self {
        case .scalar, .string: break
        case .vector(let elements): self = .vector(Array(elements.prefix(limit)))
        case .matrix(let series): self = .matrix(Array(series.prefix(limit)))
        }
        return true
    }
}
