import HTTPServer

/// Why an agent cannot run at all.
public enum AgentProblem: Error, CustomStringConvertible {
    case badAddress(String)

    public var description: String {
        switch self {
        case .badAddress(let text): "'\(text)' is no address to listen on: write HOST:PORT, such as 127.0.0.1:9120"
        }
    }

    /// What whoever started it can do about an error that kept it from starting.
    static func advice(on error: any Error) -> String {
        guard case HTTPServerError.cannotListen(let place, _)? = error as? HTTPServerError else {
            return "'medic doctor' looks for what else is wrong"
        }
        if place.hasPrefix("/") {
            return
                "an agent may run here already: 'medic status' asks it; a second one needs --data, --socket and --listen of its own"
        }
        return """
            an agent may run here already: 'medic status' asks it; otherwise 'medic doctor' tells which program is there, and \
            --listen ADDR:PORT or web.listen names another port
            """
    }
}
