/// Reads an exposition entry by entry, without copying and without building labels that nobody asks for.
///
/// Accepts and refuses what Prometheus 3 does, and refuses at once what Prometheus refuses a little later, when it
/// stores a scrape: repeated labels, empty names, names that are not UTF-8.
///
/// Unsafe inside because it reads raw bytes: `byte(at:)` guards every read by the length of the body. Whoever makes a
/// parser keeps the body alive and unchanged for as long as the parser is used.
@safe public struct ExpositionParser {
    public let format: ExpositionFormat
    /// Whether `le` of histograms and `quantile` of summaries are written in one way (`1` as `1.0`), as Prometheus 3
    /// does, so that both formats of a target yield the same series.
    public let unifiesBounds: Bool

    let bytes: UnsafeBufferPointer<UInt8>
    let base: UnsafePointer<UInt8>
    let count: Int
    /// Where the next entry begins.
    var place = 0
    private var isFinished = false

    /// The type of the last `# TYPE` line, whatever metric it named: it decides about the bounds of the lines below it.
    public internal(set) var type = MetricType.unknown
    /// The labels of the last sample, and of its exemplar.
    var fields = LabelFields()
    var exemplarFields = LabelFields()
    var exemplarValue = 0.0
    var exemplarTimestamp: Timestamp?

    /// The caller keeps `bytes` alive and unchanged for as long as the parser is used.
    @unsafe public init(_ bytes: UnsafeBufferPointer<UInt8>, format: ExpositionFormat, unifiesBounds: Bool = true) {
        self.format = format
        self.unifiesBounds = unifiesBounds
        unsafe self.bytes = bytes
        count = bytes.count
        // An empty buffer may lack an address; nothing is read of it, so any address does.
        unsafe base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
    }

    /// The next entry; nil at the end of the body.
    public mutating func next() throws(ExpositionError) -> ExpositionEntry? {
        if isFinished { return nil }
        return format == .text ? try nextOfText() : try nextOfOpenMetrics()
    }

    /// The byte at a place. Prometheus text is read as if a line end followed it; nothing else lies behind the end.
    @inline(__always)
    func byte(at place: Int) -> UInt8 {
        if place < count { return unsafe base[place] }
        return place == count && format == .text ? UInt8(ascii: "\n") : 0
    }

    func failure(_ problem: ExpositionError.Problem, at place: Int) -> ExpositionError {
        unsafe ExpositionError(problem, at: place, in: bytes)
    }

    func text(_ range: Range<Int>) -> String {
        unsafe String(
            decoding: bytes[Swift.min(range.lowerBound, count)..<Swift.min(range.upperBound, count)],
            as: UTF8.self
        )
    }

    // MARK: Prometheus text

    private mutating func nextOfText() throws(ExpositionError) -> ExpositionEntry? {
        while place < count {
            skipBlanks()
            switch byte(at: place) {
            case UInt8(ascii: "\n"): place += 1
            case UInt8(ascii: "#"):
                if let entry = try commentOfText() { return entry }
            case UInt8(ascii: "{"): return try sample(nameBefore: false)
            case let first where NameByte.isNameStart(first): return try sample(nameBefore: true)
            // Upstream's lexer takes a NUL between entries for the end of the body.
            case 0: place = count + 1
            default: throw failure(.noEntry, at: place)
            }
        }
        isFinished = true
        return nil
    }

    @inline(__always)
    mutating func skipBlanks() {
        while isBlank(place) {
            place += 1
        }
    }

    private mutating func commentOfText() throws(ExpositionError) -> ExpositionEntry? {
        let start = place
        place += 1
        let hash = place
        skipBlanks()
        let isSpaced = place > hash
        if isSpaced {
            let isHelp = follows("HELP")
            if (isHelp || follows("TYPE")) && isBlank(place + 4) {
                place += 4
                skipBlanks()
                return isHelp ? try readHelp() : try readType()
            }
        }
        // A NUL in a comment ends the body for upstream's lexer, unless blanks and more stand between it and the `#`.
        if isSpaced && byte(at: place) != 0 {
            skipToLineEnd()
        } else {
            while byte(at: place) != UInt8(ascii: "\n") {
                if byte(at: place) == 0 {
                    place = count + 1
                    return nil
                }
                place += 1
            }
        }
        let end = place
        place += 1
        return .comment(start..<end)
    }

    @inline(__always)
    func isBlank(_ place: Int) -> Bool {
        guard place < count else { return false }
        let byte = unsafe base[place]
        return byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    @inline(__always)
    func follows(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard length <= count - place else { return false }
        return unsafe EqualBytes.count(base + place, word.utf8Start, length) == length
    }

    mutating func skipToLineEnd() {
        while place < count, unsafe base[place] != UInt8(ascii: "\n") {
            place += 1
        }
    }

    // MARK: OpenMetrics

    private mutating func nextOfOpenMetrics() throws(ExpositionError) -> ExpositionEntry? {
        switch byte(at: place) {
        case UInt8(ascii: "#"): return try commentOfOpenMetrics()
        case UInt8(ascii: "{"): return try sample(nameBefore: false)
        case let first where NameByte.isNameStart(first): return try sample(nameBefore: true)
        default: throw failure(place >= count ? .noEndMarker : .noEntry, at: place)
        }
    }

    private mutating func commentOfOpenMetrics() throws(ExpositionError) -> ExpositionEntry? {
        let start = place
        let keywordEnd = start + 7
        if follows("# HELP ") {
            place = keywordEnd
            return try readHelp()
        }
        if follows("# TYPE ") {
            place = keywordEnd
            return try readType()
        }
        if follows("# UNIT ") {
            place = keywordEnd
            return try readUnit()
        }
        guard follows("# EOF") else { throw failure(.noEntry, at: start) }
        place += 5
        if byte(at: place) == UInt8(ascii: "\n") { place += 1 }
        guard place >= count else { throw failure(.dataAfterEndMarker, at: place) }
        isFinished = true
        return nil
    }
}
