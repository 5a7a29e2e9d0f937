import JSON
import Metrics

/// Every expression of `require` returns something.
enum RequireGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        let wanted = context.terms.require
        let answers = context.survey.require
        for (index, expression) in wanted.enumerated() {
            let facts: [(String, JSONValue)] = [("expression", .string(expression))]
            switch index < answers.count ? answers[index] : .failed("it was not answered") {
            case .returned(true): continue
            case .returned(false):
                return .refused(.require, "'\(expression)' returns nothing", facts: facts, retryAfter: .seconds(15))
            case .failed(let reason):
                return .refused(
                    .require,
                    "'\(expression)' could not be asked: \(reason)",
                    facts: facts,
                    retryAfter: .seconds(15)
                )
            }
        }
        return .allowed(.require, wanted.isEmpty ? "nothing is required" : "all that is required holds")
    }
}
