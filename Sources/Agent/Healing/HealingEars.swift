import Metrics
import Playbooks

/// Who tells people, as the run machine needs it. Called on the core's loop.
protocol HealingEars: AnyObject {
    /// Something that somebody ought to hear of.
    func heard(_ notice: HealingNotice)
    /// Keep the alert's own notifications back until then at the latest.
    func hold(_ alert: Labels, until: Timestamp)
    func release(_ alert: Labels)
    /// The machine has taken a turn, and may have made up its mind about alerts.
    func considered()
}
