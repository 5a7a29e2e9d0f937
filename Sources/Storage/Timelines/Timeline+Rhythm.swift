public import Metrics
import Synchronization

// How often frames come, by which others judge whether the newest one is old.

extension FrameWriter {
    /// Promises a frame at least so often, however little changes: whoever writes whenever something changes says by this that it is
    /// still alive when nothing does.
    public func promise(every interval: Milliseconds) {
        stream.promisedInterval.store(interval.rawValue, ordering: .relaxed)
    }
}

extension SampleStore {
    /// How often the frames of a timeline come: as its writer has promised, and where nobody promised anything (samples that others
    /// send) as the newest ones came. nil for one that is unknown, or has too few frames to tell.
    public func rhythm(of timeline: TimelineID) -> Milliseconds? {
        guard let timeline = self.timeline(timeline) else { return nil }
        let promised = timeline.promisedInterval.load(ordering: .relaxed)
        return promised > 0 ? Milliseconds(promised) : timeline.view().observedInterval
    }
}

extension TimelineView {
    /// Gaps that are looked at: enough that one hole among them says nothing.
    private static let gapsObserved = 9

    /// The middle one of the newest gaps between frames.
    fileprivate var observedInterval: Milliseconds? {
        let first = Swift.max(firstFrame, endFrame - 1 - Self.gapsObserved)
        guard endFrame - first >= 2 else { return nil }
        let gaps = (first + 1..<endFrame).map { timestamp(of: $0) &- timestamp(of: $0 - 1) }.sorted()
        return Milliseconds(gaps[gaps.count / 2])
    }
}
