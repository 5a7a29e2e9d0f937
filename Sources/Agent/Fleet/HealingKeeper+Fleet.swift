import Playbooks
import YAML

// What the fleet's budgets need to know of healing. On the core's loop.
extension HealingKeeper {
    var fleet: FleetKeeper { surveyor.fleet }

    /// `groups`: of each playbook that has one, the group it belongs to.
    func sight(of groups: [(playbook: String, group: String)]) -> FleetKeeper.Sight {
        var sight = FleetKeeper.Sight()
        for (playbook, group) in groups {
            let isIll = machine?.isWanted(playbook) ?? false
            if let place = sight.groups.firstIndex(where: { $0.name.utf8.elementsEqual(group.utf8) }) {
                sight.groups[place].isIll = sight.groups[place].isIll || isIll
            } else {
                sight.groups.append((group, isIll))
            }
        }
        for snapshot in openRuns {
            guard let lease = snapshot.run.progress.lease else { continue }
            sight.leases.append((snapshot.run.id, lease, snapshot.run.plan.leaseDuration))
        }
        return sight
    }
}

extension Agent {
    /// Tells the fleet of this host as long as the agent runs.
    func startFleet() {
        healing.fleet.start(on: ground.core) { [weak self] in
            guard let self else { return FleetKeeper.Sight() }
            let playbooks = state.current.loaded.playbookFiles.flatMap(\.playbooks)
            return healing.sight(
                of: playbooks.compactMap { playbook in
                    playbook.guards.fleet.map { (playbook.name.value, $0.group) }
                }
            )
        } lost: { [weak self] run in
            self?.healing.lostPlace(of: run)
        }
    }
}
