import JSON
import Metrics

/// Root first: while a unit that the treated one needs is ill itself, that one is to be treated, and this one waits.
enum DependencyGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.dependency) { return verdict }
        for unit in context.survey.units {
            let failing = unit.failing.filter { !context.treated.contains($0) }
            guard let root = failing.first else { continue }
            return .refused(
                .dependency,
                "\(root), which \(unit.name) needs, is failing: it is the root",
                facts: [("unit", .string(unit.name)), ("failing", .array(failing.map(JSONValue.string)))],
                retryAfter: .seconds(15)
            )
        }
        return .allowed(.dependency, "nothing that the subject needs is failing")
    }
}
