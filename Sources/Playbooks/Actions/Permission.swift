/// One thing that the configuration's `actions.permit` must allow before a deed is done.
public enum Permission: Sendable, Hashable {
    public enum Access: String, Sendable, Hashable {
        case read
        case write
        case delete
    }

    /// The kind of action as such.
    case action(String)
    case unit(String)
    case path(String, Access)
    case program(String)
    /// A host name or address with its port, or the path of a unix socket.
    case address(String)
    /// To become another user.
    case user(String)
}
