import Actions
import Configuration
import History
import JSON
import Logging
import Metrics
import Rules
import Synchronization

extension Agent {
    /// Looks at the tracked files of configuration, and whether a rollback fired by itself. Away from the loops, since it reads the disk.
    func lookAtConfig(now: Timestamp) {
        healing.lookForFired()
        guard !versions.tracked.isEmpty else { return }
        let words = troubledWords()
        let changes = versions.look(at: now) { file in file.units.contains { words.contains($0) } }
        for change in changes { record(change, at: now) }
    }

    /// The values of the labels of all alerts that fire: a unit whose name is among them is in trouble.
    private func troubledWords() -> Set<String> {
        let found = Mutex<Set<String>>([])
        onLoop(ground.core) { [rules] in
            var words: Set<String> = []
            for group in rules.groups {
                for place in group.group.rules.indices {
                    for alert in group.evaluator.alerts(ofRule: place) where alert.phase == .firing {
                        for label in alert.labels { words.insert(label.value) }
                    }
                }
            }
            let all = words
            found.withLock { $0 = all }
        }
        return found.withLock { $0 }
    }

    private func record(_ change: ConfigChange, at now: Timestamp) {
        let (name, text): (String, String) =
            switch change.kind {
            case .changed(let from, let to):
                ("changed", "\(change.path) changed from \(from?.prefix(12) ?? "nothing") to \(to.prefix(12))")
            case .missing: ("missing", "\(change.path) is gone")
            case .knownGood(let digest):
                ("known_good", "\(change.path): version \(digest.prefix(12)) is known to be good")
            }
        ground.log.info("a tracked configuration file", ["file": change.path, "what": text])
        let details: JSONValue = ["file": .string(change.path), "difference": .string(change.difference)]
        let record = HistoryRecord(at: now, kind: .config, name: name, text: text, payload: details)
        ground.history.writer.submit([.record(record)], durability: .grouped)
    }
}
