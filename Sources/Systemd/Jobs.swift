/// What happens to jobs that are queued already and contradict a new one.
public enum JobMode: String, Sendable, Hashable, CaseIterable {
    /// They give way.
    case replace
    /// The new one is refused.
    case fail
    /// As `replace`, and the new one cannot be replaced itself.
    case replaceIrreversibly = "replace-irreversibly"
    /// Only this unit: what it requires is not started.
    case ignoreRequirements = "ignore-requirements"
}

/// How a job ended, in systemd's words.
public enum JobResult: Sendable, Hashable {
    case done
    case canceled
    case timeout
    case failed
    /// A unit that it needs failed.
    case dependency
    /// There was nothing to do: a condition did not hold, or the unit does not run.
    case skipped
    /// Something else, under systemd's own word: `invalid`, `assert`, `collected`.
    case other(String)

    init(word: String) {
        self =
            switch word {
            case "done": .done
            case "canceled": .canceled
            case "timeout": .timeout
            case "failed": .failed
            case "dependency": .dependency
            case "skipped": .skipped
            default: .other(word)
            }
    }

    public var word: String {
        switch self {
        case .done: "done"
        case .canceled: "canceled"
        case .timeout: "timeout"
        case .failed: "failed"
        case .dependency: "dependency"
        case .skipped: "skipped"
        case .other(let word): word
        }
    }
}

/// A job that ended.
public struct JobOutcome: Sendable, Hashable {
    public let job: UInt32
    public let unit: String
    public let result: JobResult
    /// From the call to the end of the job.
    public let duration: Duration
}

/// What a process is sent a signal for.
public enum KillTarget: String, Sendable, Hashable, CaseIterable {
    case main
    case control
    case all
}
