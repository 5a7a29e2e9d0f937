public import Files
internal import Glibc

/// What there is to know about the place that output goes to: how wide it is and what may be drawn on it.
public struct Terminal: Sendable {
    /// The columns to fill; 80 where nobody can tell.
    public let width: Int
    /// Whether a person reads along.
    public let isInteractive: Bool
    /// Whether to colour: only on a terminal, never with `NO_COLOR`.
    public let hasColour: Bool
    /// Whether characters beyond ASCII come out as drawn; only a locale that says otherwise forbids them.
    public let drawsUnicode: Bool

    public static let defaultWidth = 80
    // A line of a few columns has no room for a table or a chart, and a pseudo terminal may claim none at all.
    private static let widths = 20...1_000

    /// Looks at the stream and at the environment of the process.
    public init(_ stream: StandardStream) {
        self.init(isInteractive: stream.isTerminal, width: stream.terminalWidth) { name in
            // The C library's string is copied at once; nothing in the process changes the environment.
            unsafe getenv(name).map { unsafe String(cString: $0) }
        }
    }

    /// Decides from facts: whether it is a terminal, the width that it claims, and the environment.
    public init(isInteractive: Bool, width: Int?, environment: (String) -> String?) {
        func variable(_ name: String) -> String? {
            environment(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        self.isInteractive = isInteractive
        let claimed = width ?? variable("COLUMNS").flatMap { Int($0) } ?? Self.defaultWidth
        self.width = min(max(claimed, Self.widths.lowerBound), Self.widths.upperBound)
        hasColour = isInteractive && variable("NO_COLOR") == nil && variable("TERM") != "dumb"
        let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG")
        drawsUnicode = locale.map { $0.uppercased().contains("UTF") } ?? true
    }

    /// How a piece of text stands out.
    public enum Style: String, Sendable, CaseIterable {
        case bold = "1"
        case faint = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case magenta = "35"
        case cyan = "36"
    }

    /// The text in the style, or as it is where there is no colour.
    public func styled(_ text: String, _ style: Style) -> String {
        hasColour && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
