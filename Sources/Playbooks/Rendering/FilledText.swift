import Metrics
import Templates
import YAML

/// A text in which it is still known what the author wrote and what a template put there.
///
/// What comes from an alert is not to be trusted: each kind of argument looks at the pieces before they become one text.
struct FilledText {
    struct Piece: Equatable {
        var text: String
        /// Whether a template put it there, other than from a variable that the author wrote out.
        let isFilled: Bool
    }

    var pieces: [Piece]

    init(_ pieces: [Piece]) {
        self.pieces = pieces
    }

    /// A text as the author wrote it.
    init(written text: String) {
        pieces = [Piece(text: text, isFilled: false)]
    }

    var text: String { pieces.map(\.text).joined() }

    /// What templates put there.
    var filled: [String] { pieces.filter(\.isFilled).map(\.text) }

    /// Whether the text begins with something that a template put there.
    var beginsFilled: Bool { pieces.first { !$0.text.isEmpty }?.isFilled ?? false }
}

/// What templates see, made once for all templates of a run.
struct TemplateData {
    private let record: TemplateValue
    private let values: [TemplateValue]
    private let externalURL: String
    // What the author wrote out in variables: it needs no suspicion.
    private let trusted: Set<[UInt8]>

    private static let type = TemplateType("playbook data")

    /// The fields there are.
    static let fields = [
        "Labels", "Annotations", "ExternalLabels", "ExternalURL", "Value", "Vars", "Subject", "Run", "Candidate",
    ]

    init(_ facts: AlertFacts, variables: [RenderedPlaybook.Variable], trusted: [String]) {
        let members: [(name: String, value: TemplateValue)] = [
            ("Labels", Self.map(facts.labels)), ("Annotations", Self.map(facts.annotations)),
            ("ExternalLabels", Self.map(facts.externalLabels)), ("ExternalURL", .string(facts.externalURL)),
            ("Value", facts.value.map { .float($0) } ?? .nothing),
            ("Vars", .map(TemplateMap(variables.map { (key: $0.name, value: .string($0.value)) }))),
            ("Subject", Self.map(facts.subject)), ("Run", .string(facts.run)),
            ("Candidate", .string(ActionArguments.candidate)),
        ]
        record = .record(TemplateRecord(members, type: Self.type))
        values = PlaybookTemplate.aliases.map { alias in
            members.first { $0.name == alias.1 }?.value ?? .nothing
        }
        externalURL = facts.externalURL
        self.trusted = Set((trusted + [ActionArguments.candidate]).map { Array($0.utf8) })
    }

    /// A map in which a missing key is nothing rather than an empty text, so that it cannot pass unseen.
    private static func map(_ labels: Labels) -> TemplateValue {
        .map(TemplateMap(labels.map { (key: $0.name, value: .string($0.value)) }))
    }

    // No text that is exchanged has these, so they can mark where a value begins and ends.
    private static let opening: Unicode.Scalar = "\u{FFFE}"
    private static let closing: Unicode.Scalar = "\u{FFFF}"

    func fill(_ template: Template) throws(TemplateError) -> FilledText {
        let trusted = trusted
        let marked = try template.execute(
            data: record,
            values: values,
            context: TemplateContext(externalURL: externalURL, limits: PlaybookTemplate.limits),
            missingKey: .refused,
            escaping: .custom { text in
                if trusted.contains(Array(text.utf8)) { return text }
                return "\(Self.opening)\(Self.withoutMarks(text))\(Self.closing)"
            }
        )
        return Self.pieces(of: marked)
    }

    private static func withoutMarks(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == opening || $0 == closing }) else { return text }
        var clean = ""
        for scalar in text.unicodeScalars {
            clean.unicodeScalars.append(scalar == opening || scalar == closing ? "\u{FFFD}" : scalar)
        }
        return clean
    }

    private static func pieces(of marked: String) -> FilledText {
        var pieces: [FilledText.Piece] = []
        var text = String.UnicodeScalarView()
        var depth = 0
        for scalar in marked.unicodeScalars {
            guard scalar == opening || scalar == closing else {
                text.append(scalar)
                continue
            }
            if !text.isEmpty { pieces.append(FilledText.Piece(text: String(text), isFilled: depth > 0)) }
            text.removeAll()
            depth += scalar == opening ? 1 : -1
        }
        if !text.isEmpty { pieces.append(FilledText.Piece(text: String(text), isFilled: depth > 0)) }
        return FilledText(pieces)
    }
}

extension PlaybookTemplate {
    /// The text with everything filled in.
    func fill(_ data: TemplateData) throws(TemplateError) -> FilledText {
        guard let template else { return FilledText(written: text.text) }
        return try data.fill(template)
    }
}
