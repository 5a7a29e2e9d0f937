import Metrics
import Storage

/// The samples of one series over a stretch of time, without holes, and which of them each step looks at.
struct SeriesSamples {
    var row: Int
    var times: Cells<Int64>
    var values: Cells<Double>
    /// For each step the places of its samples: from `low` up to but not including `high`.
    var low: Cells<Int32>
    var high: Cells<Int32>
}

/// The frames of a timeline that a stretch of steps looks at.
struct FrameWindows {
    var frames: Range<Int>
    var times: Cells<Int64>
    /// For each step the first frame it looks at and the first behind it, counted from the first frame of all.
    var low: Cells<Int32>
    var high: Cells<Int32>
}

/// Reads samples series by series, into memory that is used again for the next one.
final class SampleReader {
    private let timeBuffer = Buffer<Int64>()
    private let valueBuffer = Buffer<Double>()
    private let lowBuffer = Buffer<Int32>()
    private let highBuffer = Buffer<Int32>()
    private let compactTimes = Buffer<Int64>()
    private let compactValues = Buffer<Double>()
    private let compactLow = Buffer<Int32>()
    private let compactHigh = Buffer<Int32>()
    private let placeBuffer = Buffer<Int32>()

    /// The frames of a timeline within the windows of all steps: `(moment - back, moment + ahead]`.
    func windows(
        in view: TimelineView,
        _ steps: Steps,
        _ reference: Reference,
        back: Int64,
        ahead: Int64 = 0
    ) -> FrameWindows {
        let first = reference.moment(for: steps.start)
        let last = reference.moment(for: steps.end)
        let frames = view.frames(after: first &- back, through: last &+ ahead)
        let times = timeBuffer.cells(frames.count)
        unsafe view.copyTimestamps(frames, into: times.mutable)
        let (low, high) = edges(times, steps, reference, back: back, ahead: ahead)
        return FrameWindows(frames: frames, times: times, low: low, high: high)
    }

    /// For each step the places of the samples in its window. Both ends only move forward.
    func edges(
        _ times: Cells<Int64>,
        _ steps: Steps,
        _ reference: Reference,
        back: Int64,
        ahead: Int64
    ) -> (low: Cells<Int32>, high: Cells<Int32>) {
        let low = lowBuffer.cells(steps.count)
        let high = highBuffer.cells(steps.count)
        var from = 0
        var to = 0
        for step in 0..<steps.count {
            let moment = reference.moment(for: steps.time(step))
            while to < times.count && times[to] <= moment &+ ahead { to += 1 }
            while from < to && times[from] <= moment &- back { from += 1 }
            low[step] = Int32(truncatingIfNeeded: from)
            high[step] = Int32(truncatingIfNeeded: to)
        }
        return (low, high)
    }

    /// The samples of one slot within the windows, without holes and staleness markers.
    func samples(of slot: Int, row: Int, in view: TimelineView, _ windows: FrameWindows) -> SeriesSamples {
        let values = column(of: slot, in: view, windows)
        return compacted(row, windows.times, values, windows.low, windows.high)
    }

    /// What one slot holds in each frame of the windows, holes and markers included.
    func column(of slot: Int, in view: TimelineView, _ windows: FrameWindows) -> Cells<Double> {
        let values = valueBuffer.cells(windows.frames.count)
        unsafe view.copyValues(slot: slot, frames: windows.frames, into: values.mutable)
        return values
    }

    /// The same samples without those that are none.
    func compacted(
        _ row: Int,
        _ times: Cells<Int64>,
        _ values: Cells<Double>,
        _ low: Cells<Int32>,
        _ high: Cells<Int32>
    ) -> SeriesSamples {
        var hole = 0
        while hole < values.count && !(values[hole].isNaN && isNoSample(values[hole])) { hole += 1 }
        guard hole < values.count else {
            return SeriesSamples(row: row, times: times, values: values, low: low, high: high)
        }
        // Where each sample went: for a hole, where the next sample went.
        let places = placeBuffer.cells(values.count + 1)
        let keptTimes = compactTimes.cells(values.count)
        let keptValues = compactValues.cells(values.count)
        var count = 0
        for index in 0..<values.count {
            places[index] = Int32(truncatingIfNeeded: count)
            if values[index].isNaN && isNoSample(values[index]) { continue }
            keptTimes[count] = times[index]
            keptValues[count] = values[index]
            count += 1
        }
        places[values.count] = Int32(truncatingIfNeeded: count)
        let keptLow = compactLow.cells(low.count)
        let keptHigh = compactHigh.cells(high.count)
        for step in 0..<low.count {
            keptLow[step] = places[Int(low[step])]
            keptHigh[step] = places[Int(high[step])]
        }
        return SeriesSamples(
            row: row,
            times: keptTimes.part(0..<count),
            values: keptValues.part(0..<count),
            low: keptLow,
            high: keptHigh
        )
    }

    @inline(__always)
    private func isNoSample(_ value: Double) -> Bool { value.isAbsent || value.isStaleMarker }

    /// The samples of a series that has moved, markers included, one home after the other.
    func merged(
        _ homes: [Home],
        _ run: Run,
        _ steps: Steps,
        _ reference: Reference,
        back: Int64,
        ahead: Int64 = 0
    ) -> (times: Cells<Int64>, values: Cells<Double>) {
        let start = reference.moment(for: steps.start) &- back
        let end = reference.moment(for: steps.end) &+ ahead
        var parts: [(view: TimelineView, frames: Range<Int>, slot: Int)] = []
        for (place, home) in homes.enumerated() {
            let from = place == 0 ? start : max(start, Self.justBefore(home.since))
            // When the clock was set back, a later home may have begun before this one.
            let next = homes[(place + 1)...].map(\.since).min()
            let to = next.map { min(end, Self.justBefore($0)) } ?? end
            guard from < to else { continue }
            let view = run.store.view(of: home.timeline)
            parts.append((view, view.frames(after: from, through: to), home.slot))
        }
        let total = parts.reduce(0) { $0 + $1.frames.count }
        let times = timeBuffer.cells(total)
        let values = valueBuffer.cells(total)
        var place = 0
        for part in parts {
            let range = place..<place + part.frames.count
            unsafe part.view.copyTimestamps(part.frames, into: times.part(range).mutable)
            unsafe part.view.copyValues(slot: part.slot, frames: part.frames, into: values.part(range).mutable)
            place = range.upperBound
        }
        return (times, values)
    }

    /// There is nothing before the beginning of time, since when a series lives that moved before its first sample.
    private static func justBefore(_ time: Int64) -> Int64 { time == .min ? .min : time - 1 }
}
