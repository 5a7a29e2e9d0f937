/// Why a text cannot be the value of an argument.
struct ArgumentFault: Error {
    let message: String
    let help: String?
    /// The bytes of the text that are to blame, where it is not the whole.
    let range: Range<Int>?

    init(_ message: String, help: String? = nil, range: Range<Int>? = nil) {
        self.message = message
        self.help = help
        self.range = range
    }

    static func tooLong(_ what: String, _ longest: Int) -> ArgumentFault {
        ArgumentFault("longer than \(longest) bytes, the most that \(what) may have")
    }

    /// `'12 apples' is not a duration such as 30s`
    static func isNot(_ text: String, _ expectation: String, help: String? = nil) -> ArgumentFault {
        ArgumentFault(
            text.isEmpty ? "empty: expected \(expectation)" : "'\(Names.shown(text))' is not \(expectation)",
            help: help
        )
    }
}
