public import Diagnostics

/// A text from a YAML file that knows where in the file each of its bytes comes from, through quotes, escapes, joined
/// lines and the indentation of blocks. An error inside an expression can so be drawn where the operator wrote it.
public struct PlacedText: Sendable, Hashable {
    /// A run of the text and the bytes of the file it stands for.
    struct Piece: Sendable, Hashable {
        let start: Int
        let file: Range<Int>
        /// Byte by byte the same as in the file; otherwise an escape or a line break, whole.
        let isCopy: Bool
    }

    public let text: String
    /// The bytes of the whole scalar in the file, quotes included.
    public let range: Range<Int>
    private let pieces: [Piece]

    init(text: String, range: Range<Int>, pieces: [Piece]) {
        self.text = text
        self.range = range
        self.pieces = pieces
    }

    /// No text, as of a key that is not there; problems of it are shown at the range.
    public init(nothingAt range: Range<Int>) {
        self.init(text: "", range: range, pieces: [])
    }

    /// The text of a scalar; nil for a sequence or a mapping.
    public init?(_ node: YAMLNode, in source: SourceText) {
        self.init(node, in: Array(source.text.utf8))
    }

    init?(_ node: YAMLNode, in bytes: [UInt8]) {
        guard let scalar = node.scalar else { return nil }
        let scanned: DecodedBytes
        switch scalar.style {
        case .literal, .folded: scanned = BlockScalarScanner.decode(scalar, at: node.range, in: bytes)
        default: scanned = ScalarScanner.decode(scalar.style, at: node.range, in: bytes)
        }
        // Should this reading ever differ from libyaml's, places are given as those of the whole scalar rather than wrong.
        let agrees = scanned.bytes.elementsEqual(scalar.text.utf8)
        self.init(
            text: scalar.text,
            range: node.range,
            pieces: agrees ? scanned.pieces : [Piece(start: 0, file: node.range, isCopy: false)]
        )
    }

    /// The bytes of the file for a range of bytes of the text. An empty range stays empty.
    public func range(of part: Range<Int>) -> Range<Int> {
        let count = text.utf8.count
        let lower = min(max(part.lowerBound, 0), count)
        let upper = min(max(part.upperBound, lower), count)
        let start = place(of: lower)
        guard lower < upper else { return start..<start }
        let last = piece(holding: upper - 1)
        let end = last.isCopy ? last.file.lowerBound + (upper - 1 - last.start) + 1 : last.file.upperBound
        return start..<max(start, end)
    }

    /// A problem found in the text, as a problem of the file.
    public func placed(_ problem: Diagnostic, in source: SourceText) -> Diagnostic {
        Diagnostic(
            problem.severity,
            code: problem.code,
            message: problem.message,
            range: range(of: problem.range),
            help: problem.help,
            source: source
        )
    }

    /// The byte of the file at which a byte of the text stands.
    private func place(of offset: Int) -> Int {
        guard offset < text.utf8.count else { return end }
        let piece = piece(holding: offset)
        return piece.file.lowerBound + (piece.isCopy ? offset - piece.start : 0)
    }

    /// Where the text stops for a reader: behind its last character, not on the line after the block.
    private var end: Int {
        let breaks: [UInt8] = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        let content = text.utf8.count - text.utf8.reversed().prefix { breaks.contains($0) }.count
        guard content > 0 else { return pieces.first?.file.lowerBound ?? range.lowerBound }
        let piece = piece(holding: content - 1)
        return piece.isCopy ? piece.file.lowerBound + (content - piece.start) : piece.file.upperBound
    }

    private func piece(holding offset: Int) -> Piece {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].start <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? pieces[low - 1] : Piece(start: 0, file: range, isCopy: false)
    }
}

/// What a scalar says, built byte by byte beside the places it came from.
struct DecodedBytes {
    private(set) var bytes: [UInt8] = []
    private(set) var pieces: [PlacedText.Piece] = []

    mutating func copy(_ range: Range<Int>, of file: [UInt8]) {
        guard !range.isEmpty else { return }
        if let last = pieces.last, last.isCopy, last.file.upperBound == range.lowerBound {
            pieces[pieces.count - 1] = .init(
                start: last.start,
                file: last.file.lowerBound..<range.upperBound,
                isCopy: true
            )
        } else {
            pieces.append(.init(start: bytes.count, file: range, isCopy: true))
        }
        bytes += file[range]
    }

    mutating func replace(_ range: Range<Int>, by text: some Sequence<UInt8>) {
        let start = bytes.count
        bytes += text
        guard bytes.count > start else { return }
        pieces.append(.init(start: start, file: range, isCopy: false))
    }
}
