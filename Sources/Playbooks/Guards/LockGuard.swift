import JSON
import Metrics

/// One run per subject and per lock, and none on what its units need, nor on what needs them, while that is treated.
enum LockGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        for holder in context.holders {
            guard let contested = contested(context, holder) else { continue }
            return .refused(
                .lock,
                "run \(holder.id) of \(holder.playbook) holds \(contested)",
                facts: [("lock", .string(contested)), ("holder", .string(holder.id))],
                retryAfter: .seconds(15)
            )
        }
        return .allowed(
            .lock,
            context.plan.locks.isEmpty
                ? "no lock is needed" : "nobody holds \(context.plan.locks.joined(separator: ", "))",
            facts: [("locks", .array(context.plan.locks.map(JSONValue.string)))]
        )
    }

    private static func contested(_ context: GuardContext, _ holder: Run) -> String? {
        if holder.subject == context.run.subject { return "the subject" }
        if let lock = context.plan.locks.first(where: holder.plan.locks.contains) { return lock }
        let needs = context.survey.units.flatMap(\.needs)
        if let unit = needs.first(where: holder.plan.units.contains) { return "unit/\(unit), which this one needs" }
        if let unit = context.plan.units.first(where: holder.progress.closure.contains) {
            return "units that need unit/\(unit)"
        }
        return nil
    }
}
