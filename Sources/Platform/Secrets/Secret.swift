/// A text that must not be seen: a password, a token, a URL with a key in it.
///
/// However it is printed, it shows `<secret>`. What it says comes out of `revealInline` alone, which is easy to search for.
public struct Secret: Hashable, Sendable {
    /// Where the text is.
    public enum Source: Hashable, Sendable {
        case inline(String)
        /// A file that is read whenever the secret is needed, since it may change; white space around its content is not part of it.
        case file(String)
    }

    public let source: Source

    public init(_ source: Source) {
        self.source = source
    }

    public init(_ text: String) {
        source = .inline(text)
    }

    /// The text itself, where the configuration contained it; nil where it is in a file.
    public func revealInline() -> String? {
        guard case .inline(let text) = source else { return nil }
        return text
    }

    /// The file in which the text is; nil where the configuration contained it.
    public var file: String? {
        guard case .file(let path) = source else { return nil }
        return path
    }

    /// What is shown in its place.
    public static let mask = "<secret>"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Secret.mask }
    public var debugDescription: String { Secret.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret.Source: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Secret.mask }
    public var debugDescription: String { Secret.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
