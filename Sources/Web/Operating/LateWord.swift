import History
import JSON
import Metrics
import Playbooks

/// An operator's word on a run that does not wait for one: what has become of the run, and what can be done instead.
struct LateWord: Sendable {
    let id: String
    /// What was meant to become of it: approved, refused, cancelled.
    let participle: String
    let now: Timestamp

    /// About a run that the machine still knows. `sentence` is why it did not obey.
    func refusal(_ snapshot: RunSnapshot, _ sentence: String) -> WebRefusal {
        let run = snapshot.run
        let line = RunTree.line(snapshot)
        guard let ending = run.progress.phase.ending, let at = run.progress.endedAt?.wall else {
            return WebRefusal(.conflict, "\(sentence); 'medic run-log \(id)' shows it", data: line)
        }
        return ended(ending.rawValue, at, run.progress.reason, run, line)
    }

    /// About a run that is on record, or about none.
    func refusal(_ entry: RunEntry?) -> WebRefusal {
        guard let entry else {
            return WebRefusal(.notFound, "there is no run \(id); 'medic runs' lists those there are")
        }
        guard let at = entry.ended else {
            let words = "run \(id) of \(entry.playbook) cannot be \(participle): it has ended just now"
            return WebRefusal(.conflict, "\(words); 'medic run-log \(id)' tells how", data: RunTree.line(entry))
        }
        return ended(entry.state, at, entry.text, entry.run, RunTree.line(entry))
    }

    private func ended(_ state: String, _ at: Timestamp, _ reason: String, _ run: Run?, _ line: JSONValue) -> WebRefusal
    {
        let age = Milliseconds(Swift.max(0, (now - at).rawValue) / 1_000 * 1_000)
        let playbook = line["playbook"]?.string.map { " of \($0)" } ?? ""
        var words =
            "run \(id)\(playbook) cannot be \(participle): it ended \(state) \(age.promQLText) ago, at \(at.rfc3339Text)"
        if !reason.isEmpty { words += " (\(reason))" }
        if let approval = run?.progress.approval, approval.isGranted {
            words += ", after \(approval.by) had approved it at \(approval.at.wall.rfc3339Text)"
        }
        words += "; 'medic run-log \(id)' tells all of it"
        let anew = run.flatMap { isSettled(state) ? nil : start(of: $0) }
        if let anew { words += ", and \"\(anew)\" starts a new one" }
        let data = line.extended { tree in
            tree.add("log", text: "medic run-log \(id)")
            tree.add("startsAnother", text: anew)
        }
        return WebRefusal(.conflict, words, data: data)
    }

    /// Whether nobody is ill any longer, as far as the run could tell.
    private func isSettled(_ state: String) -> Bool {
        state == RunEnding.healed.rawValue || state == RunEnding.unneeded.rawValue
    }

    /// The command that starts such a run again; nil where it cannot be written on one line.
    private func start(of run: Run) -> String? {
        let labels = run.alert.labels.filter { $0.name != Labels.metricName }
        guard labels.allSatisfy({ label in label.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            return nil
        }
        let words = labels.map { ShellWord.quoted("\($0.name)=\($0.value)") }
        return (["medic playbook start", ShellWord.quoted(run.playbook)] + words).joined(separator: " ")
    }
}

/// Words as a shell takes them.
private enum ShellWord {
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_@%+=:,./-".utf8.contains(byte)
            }
        }
        if isPlain && !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
