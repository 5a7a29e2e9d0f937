import Files

/// What the steps of a run have kept, read again for whoever looks at the run. Blocking.
///
/// Nothing of a request becomes a path: a run and a file are names, and whatever is a link, or has another name than steps give, is
/// not there.
public struct EvidenceBundle: Sendable {
    /// A file that a step has kept.
    public struct Item: Sendable, Hashable {
        public let step: Int
        public let name: String
        public let bytes: Int
    }

    /// More than the largest bundle has; the rest is found in the folder.
    static let itemsMax = 500
    private static let stepsMax = 1_000

    private let folder: String
    private let run: String
    private let scrubber: Scrubber

    /// - Parameters:
    ///   - folder: medic's data folder.
    ///   - secrets: struck out of what is shown, though texts were kept without those that were known then.
    public init(folder: String, run: String, secrets: [String] = []) {
        self.folder = folder
        self.run = Evidence.name(for: run)
        scrubber = Scrubber(secrets: secrets)
    }

    /// Every file, in the order of the steps and of their names; none where nothing was kept, or nobody may read it.
    public func items() -> [Item] {
        guard let root = try? opened([]), let names = try? root.names(limit: Self.stepsMax) else { return [] }
        let steps = names.compactMap { name in name.hasPrefix("step-") ? Int(name.dropFirst(5)) : nil }.sorted()
        var items: [Item] = []
        for step in steps {
            guard let place = try? opened(["step-\(step)"]), let files = try? place.names() else { continue }
            for name in files.sorted() where Evidence.isName(name) && items.count < Self.itemsMax {
                guard let status = try? place.status(name), status.kind == .file else { continue }
                items.append(Item(step: step, name: name, bytes: Int(clamping: status.size)))
            }
        }
        return items
    }

    /// The beginning of a file as text, without secrets. Nil where there is no such file, or it is no text.
    ///
    /// - Parameter limit: so many bytes at most; `isCut` says whether there is more.
    public func text(step: Int, name: String, limit: Int) -> (text: String, isCut: Bool)? {
        guard Evidence.isName(name), let place = try? opened(["step-\(step)"]),
            let bytes = try? place.read(name, limit: Self.fileBytesMax)
        else { return nil }
        // Struck out before it is cut: half a secret is one too.
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else { return nil }
        let shown = scrubber.scrub(bytes)
        var end = min(limit, shown.count)
        while end > 0, end < shown.count, shown[end] & 0xC0 == 0x80 { end -= 1 }
        return (String(decoding: shown[..<end], as: UTF8.self), end < shown.count)
    }

    /// Steps keep no text that is larger; what is, is a heap profile.
    private static let fileBytesMax = 16 << 20

    private func opened(_ parts: [String]) throws(FileError) -> OpenFolder {
        try OpenFolder("\(folder)/evidence").folder([run] + parts)
    }
}
