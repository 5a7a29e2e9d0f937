import Metrics
import Storage

/// `rate`, `increase` and `delta` from the two ends of each window.
///
/// How far a change stands for its whole window depends on times alone, so it is worked out once per timeline and step.
/// At an instant nothing between the ends is read: the store remembers from which frame on a series has neither fallen
/// nor had a hole, and where that is before the window begins, two whole frames are gathered and subtracted. Over a range
/// each series is read once, and only windows with a fall inside look at what is in between. Series with holes go the
/// general way.
final class RateFromEnds {
    private let function: Function
    private let source: SelectedRange
    private let firsts = Buffer<Double>()
    private let column = Buffer<Double>()
    private let irregular = Buffer<Int>()
    private let extrapolations = Buffer<Extrapolation>()

    // Every further step gathers two more frames, where reading a series once serves all steps.
    private static let gatheredSteps = 4

    /// Nil where the function or the range vector is of another kind.
    init?(_ function: Function, _ source: any RangeSource) {
        guard [.rate, .increase, .delta].contains(function), let selected = source as? SelectedRange,
            selected.extent == .plain
        else { return nil }
        self.function = function
        self.source = selected
    }

    /// Fills the block, and calls `general` with the samples of the series whose windows have something in between.
    func evaluate(
        _ steps: Steps,
        _ run: Run,
        into block: Block,
        general: (SeriesSamples) throws(QueryError) -> Void
    ) throws(QueryError) {
        guard let selection = source.selection, source.window > 0 else {
            block.values.fill(MarkerNaN.absent)
            return
        }
        for group in selection.groups {
            try run.spend(group.slots.count)
            let view = run.store.view(of: group.timeline)
            if steps.count > Self.gatheredSteps {
                try sweep(group, view, steps, run, into: block, general)
                continue
            }
            var left: [Int32] = []
            for step in 0..<steps.count {
                fill(group, view, steps.time(step), step, into: block, left: &left)
            }
            try finish(left, group, view, steps, run, general)
        }
        for wanderer in selection.wanderers {
            block.row(wanderer.row).fill(MarkerNaN.absent)
            try source.follow(wanderer, steps, run, general)
        }
    }

    /// One step of the series of a timeline; the rows that need more than the ends are added to `left`.
    private func fill(
        _ group: Selection.Group,
        _ view: TimelineView,
        _ time: Int64,
        _ step: Int,
        into block: Block,
        left: inout [Int32]
    ) {
        let end = source.moment(for: time)
        let start = end &- source.window
        let frames = view.frames(after: start, through: end)
        guard frames.count > 1 else {
            for row in group.rows { block[row, step] = MarkerNaN.absent }
            return
        }
        let count = group.slots.count
        let first = firsts.cells(count)
        let result = block.steps == 1 ? block.values.part(group.rows) : column.cells(count)
        let regularFrom = irregular.cells(count)
        unsafe group.slots.withUnsafeBufferPointer { slots in
            unsafe view.gather(slots: slots, frame: frames.lowerBound, into: first.mutable)
            unsafe view.gather(slots: slots, frame: frames.upperBound - 1, into: result.mutable)
            unsafe view.gatherLastIrregular(slots: slots, into: regularFrom.mutable)
        }
        let extrapolation = extrapolation(
            from: view.timestamp(of: frames.lowerBound),
            to: view.timestamp(of: frames.upperBound - 1),
            count: frames.count,
            end: end
        )
        if function == .delta {
            unsafe extrapolation.ofGauges(first: first.base, last: result.base, count: count, into: result.base)
        } else {
            unsafe extrapolation.ofCounters(first: first.base, last: result.base, count: count, into: result.base)
        }
        for place in 0..<count where regularFrom[place] > frames.lowerBound || result[place].isNaN {
            result[place] = MarkerNaN.absent
            if left.last != Int32(place) { left.append(Int32(place)) }
        }
        guard block.steps > 1 else { return }
        for place in 0..<count { block[group.firstRow + place, step] = result[place] }
    }

    private func extrapolation(from firstTime: Int64, to lastTime: Int64, count: Int, end: Int64) -> Extrapolation {
        Extrapolation(
            firstTime: firstTime,
            lastTime: lastTime,
            count: count,
            start: end &- source.window,
            end: end,
            rangeSeconds: function == .rate ? Window.seconds(ofRange: source.window) : nil
        )
    }

    /// The general way for the rows that were left.
    private func finish(
        _ left: [Int32],
        _ group: Selection.Group,
        _ view: TimelineView,
        _ steps: Steps,
        _ run: Run,
        _ general: (SeriesSamples) throws(QueryError) -> Void
    ) throws(QueryError) {
        guard !left.isEmpty else { return }
        let windows = source.reader.windows(in: view, steps, source.reference, back: source.window)
        for place in left {
            try run.spend(windows.frames.count)
            let slot = Int(group.slots[Int(place)])
            try general(source.reader.samples(of: slot, row: group.firstRow + Int(place), in: view, windows))
        }
    }
}

// MARK: - Many steps

extension RateFromEnds {
    /// All steps of the series of a timeline, series by series.
    private func sweep(
        _ group: Selection.Group,
        _ view: TimelineView,
        _ steps: Steps,
        _ run: Run,
        into block: Block,
        _ general: (SeriesSamples) throws(QueryError) -> Void
    ) throws(QueryError) {
        let reader = source.reader
        let windows = reader.windows(in: view, steps, source.reference, back: source.window)
        let extrapolations = extrapolations.cells(steps.count)
        for step in 0..<steps.count where windows.high[step] - windows.low[step] > 1 {
            extrapolations[step] = extrapolation(
                from: windows.times[Int(windows.low[step])],
                to: windows.times[Int(windows.high[step]) - 1],
                count: Int(windows.high[step] - windows.low[step]),
                end: source.moment(for: steps.time(step))
            )
        }
        for (place, slot) in group.slots.enumerated() {
            try run.spend(windows.frames.count + steps.count)
            let row = group.firstRow + place
            let column = reader.column(of: Int(slot), in: view, windows)
            if isWhole(column) {
                fill(block.row(row), column, windows, extrapolations)
            } else {
                try general(reader.compacted(row, windows.times, column, windows.low, windows.high))
            }
        }
    }

    private func isWhole(_ column: Cells<Double>) -> Bool {
        var isWhole = true
        for place in 0..<column.count where column[place].isNaN { isWhole = false }
        return isWhole
    }

    private func fill(
        _ row: Cells<Double>,
        _ column: Cells<Double>,
        _ windows: FrameWindows,
        _ extrapolations: Cells<Extrapolation>
    ) {
        let isCounter = function != .delta
        var seen = 1
        var lastFall = 0
        for step in 0..<row.count {
            let (low, high) = (Int(windows.low[step]), Int(windows.high[step]))
            guard high - low > 1 else {
                row[step] = MarkerNaN.absent
                continue
            }
            let first = column[low]
            var change = column[high - 1] - first
            guard isCounter else {
                row[step] = extrapolations[step].ofGauge(change: change)
                continue
            }
            while seen < high {
                if column[seen] < column[seen - 1] { lastFall = seen }
                seen += 1
            }
            if lastFall > low {
                // The same order of additions as in the general way, for the same bits.
                for place in (low + 1)..<high where column[place] < column[place - 1] { change += column[place - 1] }
            }
            row[step] = extrapolations[step].ofCounter(change: change, first: first)
        }
    }
}
