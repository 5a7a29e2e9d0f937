public import Diagnostics
public import Metrics

/// What became of a run over test files, and what it says about the rules under test.
public struct RuleTestReport: Sendable {
    public let files: [RuleTestFileReport]
    /// Every alerting rule of every rule file under test, in the order in which the tests named them.
    public let alertingRules: [AlertingRuleUse]

    public var isSuccess: Bool { files.allSatisfy(\.isSuccess) }
}

/// What became of one test file.
public struct RuleTestFileReport: Sendable {
    /// The path as it was given.
    public let path: String
    /// What is wrong with the test file and the rule files it names, in their order.
    public let diagnostics: [Diagnostic]
    /// Patterns of rule files that no file fits.
    public let unmatchedPatterns: [String]
    /// Why no test could be run; nil when they could.
    public let obstacle: Obstacle?
    /// One for each test that was to be run, in the order of the file.
    public let verdicts: [RuleTestVerdict]

    public enum Obstacle: Sendable, Hashable {
        /// The file could not be read.
        case unreadable(reason: String)
        /// What `diagnostics` tells.
        case malformed
    }

    public var isSuccess: Bool { obstacle == nil && verdicts.allSatisfy(\.isSuccess) }
}

/// What became of one test.
public struct RuleTestVerdict: Sendable {
    public let title: String
    /// Where the test begins in its file.
    public let place: SourcePlace
    public let failures: [RuleTestFailure]

    public var isSuccess: Bool { failures.isEmpty }
}

/// One thing that was not as the test says. The words are in `headline` and `rows`.
public struct RuleTestFailure: Sendable {
    public enum Fact: Sendable {
        /// The test, or one of its expectations, is not well written.
        case malformed([Diagnostic])
        /// The rule files cannot be used.
        case ruleFiles
        case storage(reason: String)
        case tooManyEvaluations(limit: Int)
        /// A rule failed, which ends the test.
        case rule(name: String, group: String, time: Milliseconds, reason: String)
        case alerts(AlertExpectation, AlertMismatch, evaluatedAt: Milliseconds)
        case query(ExpressionExpectation, reason: String)
        case samples(ExpressionExpectation, SampleMismatch)
        /// The playbook files cannot be used.
        case playbookFiles
        case playbook(PlaybookExpectation, PlaybookMismatch)
        /// The run machine did not come to rest, which ends the test.
        case restless
    }

    public let fact: Fact
    /// Where in the test file; nil where no one line is to blame.
    public let place: SourcePlace?
}

/// What tests have seen of an alerting rule. A test that expects nothing of a rule which never fires could not fail.
public struct AlertingRuleUse: Sendable {
    public let file: String
    public let group: String
    public let name: String
    /// Where the rule begins in its file.
    public let place: SourcePlace
    /// The tests in which it fired at some time.
    public internal(set) var firedIn: [TestName] = []
    /// The tests that ask whether it fires, whatever they expect.
    public internal(set) var askedIn: [TestName] = []
    /// The tests that expect it to fire at some time.
    public internal(set) var expectedIn: [TestName] = []

    /// A test and its file.
    public struct TestName: Sendable, Hashable {
        public let file: String
        public let title: String
    }

    /// Whether its tests could not have failed: some ask for it, and in none did it ever fire.
    public var isVacuous: Bool { !askedIn.isEmpty && firedIn.isEmpty }

    public var isUntested: Bool { askedIn.isEmpty }
}
