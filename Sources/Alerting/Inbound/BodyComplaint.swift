/// Why what somebody sent is not taken, in the terms of Alertmanager's API.
public enum BodyComplaint: Error, Hashable, Sendable {
    /// The numbers that the API gives to what a field can lack.
    public enum Code: Int, Hashable, Sendable {
        case invalidType = 601
        case required = 602
        case tooFewItems = 612
    }

    /// No JSON, or a field with a value of another kind.
    case malformed(String)
    /// JSON of the right kinds in which something is missing.
    case invalid(Code, String)
    /// It can be read and makes no sense.
    case refused(String)

    /// What is wrong, and with which field.
    public var message: String {
        switch self {
        case .malformed(let message), .invalid(_, let message), .refused(let message): message
        }
    }
}
