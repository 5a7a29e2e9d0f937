/// A method to be called on an object of somebody on the bus.
public struct BusCall: Sendable {
    public var destination: String
    public var path: String
    public var interface: String
    public var member: String
    public var arguments: [BusValue]
    /// How long to wait for the answer.
    public var timeout: Duration

    public init(
        to destination: String,
        path: String,
        interface: String,
        member: String,
        _ arguments: [BusValue] = [],
        timeout: Duration = .seconds(25)
    ) {
        self.destination = destination
        self.path = path
        self.interface = interface
        self.member = member
        self.arguments = arguments
        self.timeout = timeout
    }

    /// Reads one property of an object.
    public static func get(
        _ property: String,
        of interface: String,
        at path: String,
        from destination: String
    ) -> BusCall {
        BusCall(
            to: destination,
            path: path,
            interface: "org.freedesktop.DBus.Properties",
            member: "Get",
            [.string(interface), .string(property)]
        )
    }

    /// Reads all properties of an object: those of one interface, or of all of them when it is empty.
    public static func getAll(of interface: String, at path: String, from destination: String) -> BusCall {
        BusCall(
            to: destination,
            path: path,
            interface: "org.freedesktop.DBus.Properties",
            member: "GetAll",
            [.string(interface)]
        )
    }
}

/// Which signals are wanted. What is nil does not matter.
public struct BusMatch: Sendable, Hashable {
    /// Who must have sent it: a name on the bus. Signals that somebody else sends in its name are dropped.
    public var sender: String
    public var path: String?
    /// The object or any object below it.
    public var pathNamespace: String?
    public var interface: String?
    public var member: String?
    /// The first argument, a text.
    public var firstArgument: String?

    public init(
        sender: String,
        path: String? = nil,
        pathNamespace: String? = nil,
        interface: String? = nil,
        member: String? = nil,
        firstArgument: String? = nil
    ) {
        self.sender = sender
        self.path = path
        self.pathNamespace = pathNamespace
        self.interface = interface
        self.member = member
        self.firstArgument = firstArgument
    }

    /// The rule in the notation of D-Bus; nil when a part cannot be written in it.
    var rule: String? {
        let parts = [
            ("type", "signal"), ("sender", sender), ("path", path), ("path_namespace", pathNamespace),
            ("interface", interface), ("member", member), ("arg0", firstArgument),
        ]
        var pieces: [String] = []
        for case (let key, let value?) in parts {
            guard !value.utf8.contains(UInt8(ascii: "'")), !value.utf8.contains(0) else { return nil }
            pieces.append("\(key)='\(value)'")
        }
        return pieces.joined(separator: ",")
    }
}

/// A signal as it arrived.
public struct BusSignal: Sendable {
    /// The sender's unique name.
    public let sender: String
    public let path: String
    public let interface: String
    public let member: String
    public let arguments: [BusValue]
}
