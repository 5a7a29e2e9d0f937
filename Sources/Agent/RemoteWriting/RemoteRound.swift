import Configuration
import Metrics
import Relabelling
import Storage

/// What is sent next: frames of every timeline that has some, as requests, and how far they reach.
struct RemoteRound {
    /// So many requests at most are prepared at once, that their memory is bounded; one frame is never divided between rounds.
    private static let requestsMax = 4
    /// The newest frame of a timeline may still grow for an instant.
    private static let settling: Int64 = 1_000

    private(set) var requests: [WriteRequest] = []
    private(set) var reached: [(timeline: TimelineID, time: Int64, frame: Int)] = []
    /// Whether there is more to send than there was room for.
    private(set) var isFull = false

    private let settings: RemoteWriteSettings
    private let externalLabels: Labels
    private let store: SampleStore
    private var current = WriteRequest()
    private var room: Int

    init(_ settings: RemoteWriteSettings, _ externalLabels: Labels, from store: SampleStore) {
        self.settings = settings
        self.externalLabels = externalLabels
        self.store = store
        room = settings.queue.samplesPerRequest * Self.requestsMax
    }

    /// Takes what has come in since, as far as there is room. Begins with another timeline each time, that none has to wait for ever.
    mutating func gather(
        _ timelines: [SampleStore.TimelineFacts],
        after positions: RemotePositions,
        startingAt first: Int,
        now: Timestamp
    ) {
        for offset in timelines.indices {
            guard room > 0 else {
                isFull = true
                break
            }
            gather(timelines[(first + offset) % timelines.count].id, after: positions, now.rawValue)
        }
        if !current.isEmpty { requests.append(current) }
    }

    private mutating func gather(_ timeline: TimelineID, after positions: RemotePositions, _ now: Int64) {
        let view = store.view(of: timeline)
        let limit = settings.queue.ageLimit.rawValue
        var after = positions[timeline]
        if limit > 0 { after = Swift.max(after, now - limit) }
        var frames = view.frames(after: after, through: .max)
        if let last = frames.last, view.timestamp(of: last) > now - Self.settling { frames = frames.dropLast() }
        guard !frames.isEmpty else { return }
        let wanted = Swift.max(1, room / Swift.max(1, view.slotCount))
        if frames.count > wanted {
            frames = frames.prefix(wanted)
            isFull = true
        }
        var times = [Int64](repeating: 0, count: frames.count)
        // The buffers are used only while the calls last.
        unsafe times.withUnsafeMutableBufferPointer { unsafe view.copyTimestamps(frames, into: $0) }
        var values = [Double](repeating: 0, count: frames.count)
        for (slot, series) in store.seriesOfSlots(in: timeline).prefix(view.slotCount).enumerated() {
            guard let series else { continue }
            unsafe values.withUnsafeMutableBufferPointer {
                unsafe view.copyValues(slot: slot, frames: frames, into: $0)
            }
            let samples = zip(times, values).compactMap { time, value in
                value.isAbsent ? nil : Sample(timestamp: Timestamp(milliseconds: time), value: value)
            }
            if !samples.isEmpty { add(series, samples) }
        }
        reached.append((timeline, times[times.count - 1], frames.upperBound))
    }

    private mutating func add(_ series: SeriesID, _ samples: [Sample]) {
        guard let labels = outward(store.readIndex { $0.labels(of: series) }) else { return }
        var rest = samples[...]
        while !rest.isEmpty {
            let part = rest.prefix(settings.queue.samplesPerRequest - current.sampleCount)
            current.add(labels, Array(part))
            rest = rest.dropFirst(part.count)
            if current.sampleCount >= settings.queue.samplesPerRequest {
                requests.append(current)
                current = WriteRequest()
            }
        }
        room -= samples.count
    }

    /// The labels under which a series is sent; nil where relabelling takes it out.
    private func outward(_ labels: Labels) -> Labels? {
        guard !labels.isEmpty else { return nil }
        var builder = LabelsBuilder(labels)
        for label in externalLabels where builder[label.name] == nil { builder.set(label.name, label.value) }
        guard settings.relabelling.apply(to: &builder) else { return nil }
        let made = builder.build()
        return made.isEmpty ? nil : made
    }
}
