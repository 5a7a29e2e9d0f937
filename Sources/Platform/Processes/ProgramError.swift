internal import Glibc

/// Why a program could not be run, or a process not be reached.
public enum ProgramError: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotStart(program: String, code: Int32)
    /// A word holds a NUL, or there is none.
    case malformed(String)
    case unknownUser(String)
    case failed(call: String, code: Int32)

    public var description: String {
        switch self {
        case .cannotStart(let program, let code): "cannot start \(program): \(reason(code))"
        case .malformed(let what): what
        case .unknownUser(let name): "there is no user '\(name)'"
        case .failed(let call, let code): "\(call): \(reason(code))"
        }
    }

    /// There is no such process any more.
    public static let gone = ProgramError.failed(call: "process", code: ESRCH)
}

// The C library keeps the text for each thread by itself, and it is copied at once.
private func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
