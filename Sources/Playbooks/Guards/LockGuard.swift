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

    /// By the units' own names: two names of one unit are one lock.
    private static func contested(_ context: GuardContext, _ holder: Run) -> String? {
        let names = context.memory.identities
        if names.patient(holder.subject) == names.patient(context.run.subject) { return "the subject" }
        let held = Set(holder.plan.locks.map(names.lock))
        if let lock = context.plan.locks.first(where: { held.contains(names.lock($0)) }) {
            let own = names.lock(lock)
            return own.utf8.elementsEqual(lock.utf8) ? lock : "\(own), another name of which is \(lock)"
        }
        let treated = Set(holder.plan.units.map(names.name))
        let needs = context.survey.units.flatMap(\.needs)
        if let unit = needs.first(where: treated.contains) { return "unit/\(unit), which this one needs" }
        if let unit = context.treated.sorted().first(where: holder.progress.closure.contains) {
            return "units that need unit/\(unit)"
        }
        return nil
    }
}
