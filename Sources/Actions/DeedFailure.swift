import EventLoop
import Files
import HTTPClient
public import JSON
public import Playbooks
import Postgres
import Processes
import Redis
import Sockets
import Systemd

/// Why a deed came to nothing, with what it had found out by then.
public struct DeedFailure: Error, Sendable {
    public var result: ActionOutcome.Result
    public var message: String
    public var output = ""
    public var before: JSONValue?
    public var undo: JSONValue?
    public var evidence: [String] = []

    public init(_ message: String, output: String = "", before: JSONValue? = nil, undo: JSONValue? = nil) {
        result = .failed(message)
        self.message = message
        self.output = output
        self.before = before
        self.undo = undo
    }

    /// What any error of the world means for a deed: failed for certain, given up, or nobody knows.
    init(_ error: any Error) {
        switch error {
        case let failure as DeedFailure: self = failure
        case let failure as ToolFailure: self.init(failure.description)
        case is CancellationError: self.init(.cancelled, "cancelled")
        case let error as SystemdError: self.init(systemd: error)
        case let error as HTTPClientError: self.init(http: error)
        case let error as RedisError:
            self.init(error == .timedOut ? .timedOut : error == .cancelled ? .cancelled : nil, error.description)
        case let error as PostgresError: self.init(postgres: error)
        case let error as SocketError:
            self.init(error == .timedOut ? .timedOut : error == .cancelled ? .cancelled : nil, error.description)
        case let error as FileError: self.init(error.description)
        case let error as ProgramError: self.init(error.description)
        default: self.init("\(error)")
        }
    }

    private init(_ result: ActionOutcome.Result?, _ message: String) {
        self.init(message)
        self.result = result ?? .failed(message)
    }

    private init(systemd error: SystemdError) {
        let result: ActionOutcome.Result? =
            switch error {
            case .outcomeUnknown: .unknown
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            default: nil
            }
        self.init(result, error.description)
    }

    private init(http error: HTTPClientError) {
        self.init(error == .timeout ? .timedOut : error == .cancelled ? .cancelled : nil, error.description)
    }

    private init(postgres error: PostgresError) {
        let result: ActionOutcome.Result? =
            switch error {
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            case .lost: .unknown
            default: nil
            }
        self.init(result, error.description)
    }
}
