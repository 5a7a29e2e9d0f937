public import Diagnostics

/// How much a YAML file may ask of its reader. Files come from people and from other programs, so each bound is far above
/// what a sensible file needs and far below what hurts.
public struct YAMLLimits: Sendable {
    /// The size of a file. Prometheus's largest published rule files have 1 MB.
    public var bytes = 16 << 20
    /// Nodes after aliases are replaced: stops a file of some lines that stands for millions.
    public var nodes = 1_000_000
    /// Collections within collections; decoding is recursive, and so is whatever walks the tree.
    public var depth = 100

    public init() {}
}

/// One YAML document and the text it was read from.
public struct YAMLDocument: Sendable {
    public let source: SourceText
    /// A null where the document is empty.
    public let root: YAMLNode

    /// Reads a text that holds one document, or none. What is wrong goes into `problems`; nil when nothing can be decoded
    /// because of it. Duplicate keys and unknown anchors are told and leave a tree to go on with.
    public init?(_ source: SourceText, limits: YAMLLimits = YAMLLimits(), problems: Problems) {
        guard var composer = Composer(source, limits: limits, problems: problems) else { return nil }
        do {
            root = try composer.nextDocument() ?? YAMLNode(.scalar(YAMLScalar(text: "", style: .plain)), range: 0..<0)
            try composer.refuseFurtherDocument()
        } catch {
            return nil
        }
        self.source = source
    }

    /// Reads a text of any number of documents, separated by `---`.
    public static func all(
        in source: SourceText,
        limits: YAMLLimits = YAMLLimits(),
        problems: Problems
    ) -> [YAMLDocument] {
        guard var composer = Composer(source, limits: limits, problems: problems) else { return [] }
        var documents: [YAMLDocument] = []
        do {
            while let root = try composer.nextDocument() {
                documents.append(YAMLDocument(source: source, root: root))
            }
        } catch {
            // The composer has told why; what came before is whole.
        }
        return documents
    }

    init(source: SourceText, root: YAMLNode) {
        self.source = source
        self.root = root
    }
}

extension SourceText {
    /// The text of a file's bytes, which must be UTF-8: other encodings are told by name, broken ones by place.
    public init(name: String?, yaml bytes: [UInt8]) throws(YAMLEncodingError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw YAMLEncodingError(message: "the file is in UTF-16; medic reads UTF-8", offset: 0)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw YAMLEncodingError(
                message: "the file is not UTF-8",
                offset: zip(bytes, String(decoding: bytes, as: UTF8.self).utf8).enumerated()
                    .first { $1.0 != $1.1 }?.offset ?? bytes.count
            )
        }
        self.init(name: name, text: text)
    }
}

/// Why bytes are no text.
public struct YAMLEncodingError: Error, Hashable, Sendable {
    public let message: String
    /// The byte at which it stops being text.
    public let offset: Int
}
