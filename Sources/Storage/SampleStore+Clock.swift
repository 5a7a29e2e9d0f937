public import Metrics
import Synchronization

extension SampleStore {
    /// Lets go of the future: to be called when the clock was set back. Samples that are newer than now would refuse all others until that
    /// time has come again. What they lie in is put aside, where it stays readable up to now, and every series goes on from now in a
    /// timeline that is empty, the one that its writer has.
    ///
    /// - Returns: how many timelines had to be put aside.
    @discardableResult
    public func beginAgain(at now: Timestamp) -> Int {
        structure.withLock { structure in
            let ahead = timelines.withLock { Array($0.values) }.filter { timeline in
                // What was put aside before has no name, and nobody writes it.
                timeline.writing.withLock { writing in
                    let isAside = timeline.name.isEmpty && (writing.isClosed || !timeline.isSolo)
                    return !isAside && writing.newestTime > now.rawValue
                }
            }
            var count = 0
            for timeline in ahead where putAside(timeline, at: now.rawValue, &structure) { count += 1 }
            return count
        }
    }

    private func putAside(_ timeline: Timeline, at now: Int64, _ structure: inout Structure) -> Bool {
        guard let aside = try? makeTimeline(named: "", isSolo: timeline.isSolo, &structure) else { return false }
        timeline.writing.withLock { writing in
            let former = timeline.published.withLock { published in
                let former = published
                // Frames keep their numbers: whoever remembers one finds nothing behind it, and no other in its place.
                published = Timeline.Published()
                published.firstOpenFrame = former.endFrame
                return former
            }
            aside.published.withLock { $0 = former }
            aside.writing.withLock { other in
                other.seriesOfSlot = writing.seriesOfSlot
                other.newestTime = writing.newestTime
                other.isClosed = true
            }
            writing.newestTime = .min
            writing.newestRouted = []
            index.withLock { index in
                for (slot, series) in writing.seriesOfSlot.enumerated() where series != 0 {
                    index.relocate(series, from: timeline.id, slot: slot, to: aside.id, since: now)
                }
            }
        }
        return true
    }
}

extension SeriesIndex {
    /// What a series has in a slot of one timeline is in that slot of another; if it lived there, it goes on there from a moment on.
    mutating func relocate(_ series: UInt32, from old: TimelineID, slot: Int, to new: TimelineID, since: Int64) {
        if let homes = earlierHomes[series] {
            earlierHomes[series] = homes.map { home in
                home.timeline == old ? Home(timeline: new, slot: home.slot, since: home.since) : home
            }
            noteChange(of: series)
        }
        guard let home = currentHome(of: SeriesID(rawValue: series)), home.timeline == old, home.slot == slot else {
            return
        }
        setHome(Home(timeline: new, slot: slot, since: home.since), of: series)
        earlierHomes[series]?.removeLast()
        setHome(Home(timeline: old, slot: slot, since: since), of: series)
    }
}
