import JSON
import Metrics

/// A value in a JSON body, and the way to it, so that whatever is wrong can be named: `alerts.3.labels.job`.
struct BodyField {
    let path: String
    /// Nil where there is none; null means the same.
    private let value: JSONValue?

    /// - Parameter name: what the body is called where it is missing: `alerts`.
    init(body: [UInt8], _ name: String) throws(BodyComplaint) {
        guard !body.isEmpty else { throw .invalid(.required, "\(name) in body is required") }
        do throws(JSONError) {
            self.init(path: "", try JSONValue(parsing: body))
        } catch {
            throw .malformed(error.description)
        }
    }

    private init(path: String, _ value: JSONValue?) {
        self.path = path
        self.value = if case .null = value { nil } else { value }
    }

    var isPresent: Bool { value != nil }

    // MARK: Going deeper

    /// The member of an object; one that is not there where there is no object.
    func member(_ name: String) -> BodyField { BodyField(path: path + (path.isEmpty ? "" : ".") + name, value?[name]) }

    /// Checks that an object is what it is.
    func object() throws(BodyComplaint) {
        guard let value else { throw missing }
        guard value.object != nil else { throw wrongKind("an object") }
    }

    /// The elements of an array; nil where there is none.
    func elements() throws(BodyComplaint) -> [BodyField]? {
        guard let value else { return nil }
        guard let elements = value.array else { throw wrongKind("an array") }
        return elements.enumerated().map { index, element in
            BodyField(path: path + (path.isEmpty ? "" : ".") + String(index), element)
        }
    }

    // MARK: Values

    func text() throws(BodyComplaint) -> String? {
        guard let value else { return nil }
        guard let text = value.string else { throw wrongKind("a string") }
        return text
    }

    func requiredText() throws(BodyComplaint) -> String {
        guard let text = try text() else { throw missing }
        return text
    }

    func flag() throws(BodyComplaint) -> Bool? {
        guard let value else { return nil }
        guard let flag = value.boolean else { throw wrongKind("a boolean") }
        return flag
    }

    func requiredFlag() throws(BodyComplaint) -> Bool {
        guard let flag = try flag() else { throw missing }
        return flag
    }

    func count() throws(BodyComplaint) -> Int? {
        guard let value else { return nil }
        guard let count = value.integer.flatMap({ Int(exactly: $0) }), count >= 0 else {
            throw wrongKind("a whole number that is not negative")
        }
        return count
    }

    /// A moment. The zero time of Go, a first of January of the year 1, says that there is none.
    func moment() throws(BodyComplaint) -> Timestamp? {
        guard let text = try text() else { return nil }
        guard let moment = Timestamp(rfc3339: text) else {
            throw .malformed("\(path) must be a time such as 2026-03-01T12:00:00Z, not \(Labels.quoted(text))")
        }
        return moment == Self.zeroTime ? nil : moment
    }

    func requiredMoment() throws(BodyComplaint) -> Timestamp {
        guard isPresent else { throw missing }
        return try moment() ?? Self.zeroTime
    }

    /// Names and their texts; nil where there is no object.
    func pairs() throws(BodyComplaint) -> [Label]? {
        guard let value else { return nil }
        guard let members = value.object?.members else { throw wrongKind("an object of texts") }
        var pairs: [Label] = []
        for member in members {
            guard let text = member.value.string else {
                throw .malformed("\(path).\(member.name) must be a string, not \(member.value.kind)")
            }
            pairs.append(Label(member.name, text))
        }
        return pairs
    }

    // MARK: Complaints

    var missing: BodyComplaint { .invalid(.required, "\(path) in body is required") }

    private func wrongKind(_ expected: String) -> BodyComplaint {
        .malformed("\(path.isEmpty ? "the body" : path) must be \(expected), not \(value?.kind ?? "missing")")
    }

    static let zeroTime = Timestamp(milliseconds: -62_135_596_800_000)
}
