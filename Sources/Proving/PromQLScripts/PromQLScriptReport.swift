public import Diagnostics
public import Metrics

/// What became of a script: a verdict on each of its evaluations.
public struct PromQLScriptReport: Sendable {
    public let source: SourceText
    /// What is wrong with the script itself; one with errors in its text has no verdicts.
    public let diagnostics: [Diagnostic]
    public let verdicts: [EvaluationVerdict]

    public var passed: Int { verdicts.count { $0.outcome.isPassed } }
    public var failed: Int { verdicts.count { $0.outcome.failure != nil } }
    public var skipped: Int { verdicts.count { $0.outcome.reasonSkipped != nil } }

    /// Whether the script could be run and nothing in it failed.
    public var isSuccess: Bool { failed == 0 && !diagnostics.contains { $0.severity == .error } }
}

/// What became of one evaluation.
public struct EvaluationVerdict: Sendable {
    public let evaluation: PromQLScript.Evaluation
    /// The line of the `eval`, and the column of its query.
    public let place: SourcePlace
    public let outcome: Outcome

    public enum Outcome: Sendable {
        case passed
        case failed(EvaluationFailure)
        /// Not run, since the engine has no native histograms.
        case skipped(reason: String)
    }
}

extension EvaluationVerdict.Outcome {
    public var isPassed: Bool {
        if case .passed = self { true } else { false }
    }

    public var failure: EvaluationFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    public var reasonSkipped: String? {
        if case .skipped(let reason) = self { reason } else { nil }
    }
}

/// How an answer differs from what was expected.
public struct EvaluationFailure: Sendable, Hashable {
    /// Which of the ways to run a query gave this answer.
    public enum Way: Sendable, Hashable {
        case asWritten
        /// With `@` added to every selector, evaluated at another time.
        case pinned(query: String, at: Timestamp)
        /// As the middle step of a range query around the evaluation time.
        case middleOfRange(query: String, at: Timestamp)
    }

    /// A line of the comparison.
    public enum Row: Sendable, Hashable {
        case same(String)
        case expected(String)
        case got(String)
        case remark(String)
    }

    public var way = Way.asWritten
    public let summary: String
    public var rows: [Row] = []
}
