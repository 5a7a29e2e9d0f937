import History
import Logging
import Metrics
import Playbooks

// Without the record of former runs there are no cooldowns, no limits, no breakers, and no kill switch that somebody had set: medic keeps its
// hands off until an operator has said that it may begin anew.
extension Agent {
    /// Why the memory of healing cannot be what it was; nil when it is.
    private var lossOfMemory: String? {
        if case .replaced(let kept, _) = ground.history.opening {
            return
                "the history was damaged and a new one begun (the former one is \(kept)): limits and breakers are forgotten"
        }
        if ground.history.isInMemory, ground.options.dataFolder != nil {
            return "the history cannot be kept on disk: limits and breakers end with the process"
        }
        return nil
    }

    /// What the machine is told beside what was kept. On the core's loop, before the machine is made.
    func recordsOfLostMemory(_ archive: HealingArchive) throws -> [HealingRecord] {
        guard let reason = lossOfMemory else { return [] }
        let now = HealingClock().now
        let stop = HealingRecord.killSwitch(KillSwitch(by: Self.ownName, reason: reason, at: now, duration: nil))
        // On the disk before anything can be treated: a crash is no way around it.
        try ground.history.submitAndWait(archive.changes(for: stop, at: now.wall))
        ground.log.error(
            "healing is stopped: look at what was lost, then let it go on with 'medic resume-healing'",
            ["reason": reason]
        )
        return [stop]
    }

    /// Who stops healing when nobody has.
    static let ownName = "medic"
}
