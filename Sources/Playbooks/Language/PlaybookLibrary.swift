public import Metrics
import YAML

/// All playbooks that are in force, in the order of the files and in them.
public struct PlaybookLibrary: Sendable {
    public let playbooks: [Playbook]
    private let places: [[UInt8]: Int]

    /// The action that stands for another playbook's steps.
    static let runAction = "playbook.run"

    /// Of playbooks with the same name, the first counts; see `problems`.
    public init(_ files: [PlaybookFile]) {
        playbooks = files.flatMap(\.playbooks)
        places = Dictionary(playbooks.enumerated().map { (Array($1.name.value.utf8), $0) }) { first, _ in first }
    }

    public subscript(name: String) -> Playbook? {
        places[Array(name.utf8)].map { playbooks[$0] }
    }

    /// A playbook and the trigger that an alert met.
    public struct Match: Sendable {
        public let playbook: Playbook
        public let trigger: Playbook.Trigger
    }

    /// The playbooks that an alert with these labels may start, in the order in which they are tried: the first that is not blocked takes the
    /// subject; those behind one that `continues` may take it after that one ends unhealed.
    public func matches(_ labels: Labels, fromWebhook: Bool = false) -> [Match] {
        playbooks.compactMap { playbook in
            guard playbook.mode != .off, !fromWebhook || playbook.acceptsWebhooks else { return nil }
            // Of several triggers that match, the one that waits the shortest.
            let met = playbook.when.filter { $0.matches(labels) }.min { $0.firingFor < $1.firingFor }
            return met.map { Match(playbook: playbook, trigger: $0) }
        }
    }

    /// The labels that name the patient of a playbook; nil when the alert lacks one of them, so that nobody could say who is treated.
    public static func subject(of playbook: Playbook, _ labels: Labels) -> Labels? {
        guard let names = playbook.subject else { return labels }
        let found = names.compactMap { name in labels[name.value].map { Label(name.value, $0) } }
        return found.count == names.count ? Labels(found) : nil
    }
}
