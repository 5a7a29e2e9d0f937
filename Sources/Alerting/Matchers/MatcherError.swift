/// Why a text is no list of matchers.
public struct MatcherError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In Alertmanager's words where it has words for it.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
