import JSON
import Metrics

/// A place in the fleet's budget. Asked last, since a lease keeps others from treating.
enum FleetGuard {
    /// What the store's answer means; nil: ask it.
    static func verdict(_ context: GuardContext, answer: LeaseAnswer) -> GuardVerdict {
        guard let fleet = context.terms.fleet else { return .allowed(.fleet, "the playbook has no budget of a fleet") }
        switch answer {
        case .granted(let lease):
            return .allowed(
                .fleet,
                "slot \(lease.slot) of \(fleet.group) is ours",
                facts: [
                    ("group", .string(fleet.group)), ("slot", .integer(lease.slot)), ("token", .integer(lease.token)),
                ]
            )
        case .refused(let reason, let retryAfter):
            return .refused(
                .fleet,
                "no place in the budget of \(fleet.group): \(reason)",
                facts: [("group", .string(fleet.group))],
                retryAfter: retryAfter
            )
        case .unreachable(let reason):
            guard fleet.store == .preferred else {
                return .refused(
                    .fleet,
                    "the fleet's store cannot be reached, and the playbook requires it: \(reason)",
                    facts: [("group", .string(fleet.group)), ("store", .string(fleet.store.rawValue))],
                    retryAfter: .seconds(30)
                )
            }
            return turn(context, fleet, reason)
        }
    }

    /// Ten turns of a minute each, one of them this host's: without the store at most a tenth of the fleet is treated at once.
    private static func turn(_ context: GuardContext, _ fleet: Guards.Fleet, _ reason: String) -> GuardVerdict {
        let minute = context.now.wall.rawValue / 60_000
        let turn = ((minute % 10) + 10) % 10
        let own = context.settings.fleetSlot
        let facts: [(String, JSONValue)] = [
            ("group", .string(fleet.group)), ("turn", .integer(turn)), ("own_turn", .integer(own)),
        ]
        guard turn == own else {
            let wait = ((own - turn) % 10 + 10) % 10
            return .refused(
                .fleet,
                "the fleet's store cannot be reached (\(reason)), and it is turn \(turn), not this host's \(own)",
                facts: facts,
                retryAfter: Milliseconds(wait * 60_000 - context.now.wall.rawValue % 60_000)
            )
        }
        return .allowed(.fleet, "the fleet's store cannot be reached, and it is this host's turn", facts: facts)
    }
}
