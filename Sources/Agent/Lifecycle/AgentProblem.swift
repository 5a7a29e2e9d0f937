/// Why an agent cannot run at all.
public enum AgentProblem: Error, CustomStringConvertible {
    case badAddress(String)

    public var description: String {
        switch self {
        case .badAddress(let text): "'\(text)' is no address to listen on: write HOST:PORT, such as 127.0.0.1:9120"
        }
    }
}
