/// A piece of a template's text.
struct Token {
    enum Kind: Hashable {
        case text
        case leftDelimiter
        case rightDelimiter
        case space
        case identifier
        /// A word with a meaning of its own: `if`, `end` and so on.
        case keyword
        case boolean
        case null
        case dot
        /// `.name`
        case field
        /// `$name`
        case variable
        case number
        case character
        case string
        case rawString
        case pipe
        case declare
        case assign
        case comma
        case leftParenthesis
        case rightParenthesis
        /// A sign with no meaning in templates.
        case other
        case end
        /// Where the text stops being readable; says why.
        case error
    }

    let kind: Kind
    /// The token as it is written; for a text, without what trim markers take off.
    let text: String
    let range: Range<Int>

    /// As it stands in messages.
    var described: String {
        switch kind {
        case .end: "EOF"
        case .keyword, .dot, .null: "<\(text)>"
        default: text.unicodeScalars.count > 10 ? Quoting.quoted(String(text.prefix(10))) + "..." : Quoting.quoted(text)
        }
    }

    static let keywords: Set<String> = [
        "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with",
    ]
}
