import Metrics
import Storage

/// `rate`, `increase` and `delta` at an instant, from the two ends of each window.
///
/// The store remembers from which frame on a series has neither fallen nor had a hole. Where that is before the window
/// begins, the samples in between add nothing: two whole frames are gathered and subtracted, and how far the change
/// stands for the whole window is worked out once per timeline. The other series go the general way.
final class RateFromEnds {
    private let function: Function
    private let source: SelectedRange
    private let firsts = Buffer<Double>()
    private let column = Buffer<Double>()
    private let irregular = Buffer<Int>()

    // Every further step gathers two more frames, where reading a series once serves all steps.
    private static let mostSteps = 2

    /// Nil where the function or the range vector is of another kind.
    init?(_ function: Function, _ source: any RangeSource) {
        guard [.rate, .increase, .delta].contains(function), let selected = source as? SelectedRange,
            selected.extent == .plain
        else { return nil }
        self.function = function
        self.source = selected
    }

    func isWorthwhile(_ steps: Steps) -> Bool { steps.count <= Self.mostSteps }

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
        let extrapolation = Extrapolation(
            firstTime: view.timestamp(of: frames.lowerBound),
            lastTime: view.timestamp(of: frames.upperBound - 1),
            count: frames.count,
            start: start,
            end: end,
            rangeSeconds: function == .rate ? Window.seconds(ofRange: source.window) : nil
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
