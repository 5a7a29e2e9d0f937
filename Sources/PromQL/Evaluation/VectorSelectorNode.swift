import Metrics
import Storage

/// `name{...}`: at each step the last sample of each series within the lookback, unless the series has ended.
final class VectorSelectorNode: Node {
    /// What to take of the sample found.
    enum Content {
        case value
        /// Its time in seconds, for `timestamp(x)` and for `info`.
        case time
    }

    let range: Range<Int>
    let children: [any Node] = []
    private let extent: RangeExtent
    private let content: Content
    private var reference: Reference
    private var selector: Selector
    private let reader = SampleReader()
    private let buffer = Buffer<Double>()
    private let gathered = Buffer<Double>()

    // Up to this many steps whole frames are gathered, beyond it whole series are read.
    private static let gatheredSteps = 4

    init(_ selector: VectorSelector, _ cache: SelectionCache, content: Content = .value) {
        range = selector.range
        extent = selector.extent
        reference = Reference(offset: selector.offset, at: selector.at)
        self.selector = Selector(selector.matchers, cache)
        self.content = content
    }

    func begin(_ times: QueryTimes) throws(QueryError) {
        try reference.begin(times)
    }

    func isCurrent(_ index: borrowing SeriesIndex) -> Bool { selector.isCurrent(index) }

    var selectedRows: Int { selector.selection?.shape.count ?? 0 }

    func prepare(_ index: borrowing SeriesIndex) -> Shape? { selector.prepare(index) }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        guard let selection = selector.selection else {
            return Block(shape: .empty, steps: steps.count, values: buffer.cells(0))
        }
        let shape = selection.shape
        let values = buffer.cells(try run.room(rows: shape.count, steps: steps.count))
        let block = Block(shape: shape, steps: steps.count, values: values)
        for group in selection.groups {
            try run.spend(group.slots.count * steps.count)
            let view = run.store.view(of: group.timeline)
            if extent == .smoothed {
                try interpolate(group, view, steps, run, into: block)
            } else if steps.count <= Self.gatheredSteps {
                gather(group, view, steps, run.options.lookback.rawValue, into: block)
            } else {
                try walk(group, view, steps, run, into: block)
            }
        }
        for wanderer in selection.wanderers {
            follow(wanderer, steps, run, into: block)
        }
        try run.load(block.sampleCount)
        return block
    }

    // MARK: Frame by frame

    private func gather(
        _ group: Selection.Group,
        _ view: TimelineView,
        _ steps: Steps,
        _ lookback: Int64,
        into block: Block
    ) {
        for step in 0..<steps.count {
            let moment = reference.moment(for: steps.time(step))
            let frames = view.frames(after: moment &- lookback, through: moment)
            let isDirect = steps.count == 1
            let found = isDirect ? block.values.part(group.rows) : gathered.cells(group.slots.count)
            if frames.isEmpty {
                found.fill(MarkerNaN.absent)
            } else {
                unsafe group.slots.withUnsafeBufferPointer { slots in
                    unsafe view.gather(slots: slots, frame: frames.upperBound - 1, into: found.mutable)
                }
                settle(group, view, frames, found)
            }
            guard !isDirect else { return }
            for row in 0..<group.slots.count {
                block[group.firstRow + row, step] = found[row]
            }
        }
    }

    /// Looks further back where the newest frame has a hole, and clears what has ended.
    private func settle(_ group: Selection.Group, _ view: TimelineView, _ frames: Range<Int>, _ found: Cells<Double>) {
        let time = content == .time ? view.timestamp(of: frames.upperBound - 1) : 0
        for row in 0..<found.count {
            let value = found[row]
            guard value.isNaN || content == .time else { continue }
            if value.isStaleMarker {
                found[row] = MarkerNaN.absent
            } else if value.isAbsent {
                found[row] = lookBack(Int(group.slots[row]), view, frames)
            } else if content == .time {
                found[row] = Double(time) / 1_000
            }
        }
    }

    private func lookBack(_ slot: Int, _ view: TimelineView, _ frames: Range<Int>) -> Double {
        for frame in frames.reversed().dropFirst() {
            let value = view.value(slot: slot, frame: frame)
            if value.isAbsent { continue }
            if value.isStaleMarker { return MarkerNaN.absent }
            return content == .time ? Double(view.timestamp(of: frame)) / 1_000 : value
        }
        return MarkerNaN.absent
    }

    // MARK: Series by series

    private func walk(
        _ group: Selection.Group,
        _ view: TimelineView,
        _ steps: Steps,
        _ run: Run,
        into block: Block
    ) throws(QueryError) {
        let windows = reader.windows(in: view, steps, reference, back: run.options.lookback.rawValue)
        for (offset, slot) in group.slots.enumerated() {
            try run.spend(windows.frames.count)
            let column = reader.column(of: Int(slot), in: view, windows)
            let row = block.row(group.firstRow + offset)
            pick(windows.times, column, windows.low, windows.high, into: row)
        }
    }

    private func follow(_ wanderer: Selection.Wanderer, _ steps: Steps, _ run: Run, into block: Block) {
        let back = run.options.lookback.rawValue
        let ahead = extent == .smoothed ? back : 0
        let (times, values) = reader.merged(wanderer.homes, run, steps, reference, back: back, ahead: ahead)
        let (low, high) = reader.edges(times, steps, reference, back: back, ahead: ahead)
        let row = block.row(wanderer.row)
        if extent == .smoothed {
            interpolate(reader.compacted(wanderer.row, times, values, low, high), steps, into: row)
        } else {
            pick(times, values, low, high, into: row)
        }
    }

    /// For each step the last sample in its window.
    private func pick(
        _ times: Cells<Int64>,
        _ values: Cells<Double>,
        _ low: Cells<Int32>,
        _ high: Cells<Int32>,
        into row: Cells<Double>
    ) {
        for step in 0..<row.count {
            var place = Int(high[step]) - 1
            let first = Int(low[step])
            while place >= first && values[place].isAbsent { place -= 1 }
            if place < first || values[place].isStaleMarker {
                row[step] = MarkerNaN.absent
            } else {
                row[step] = content == .time ? Double(times[place]) / 1_000 : values[place]
            }
        }
    }

    // MARK: Smoothed

    private func interpolate(
        _ group: Selection.Group,
        _ view: TimelineView,
        _ steps: Steps,
        _ run: Run,
        into block: Block
    ) throws(QueryError) {
        let reach = run.options.lookback.rawValue
        let windows = reader.windows(in: view, steps, reference, back: reach, ahead: reach)
        for (offset, slot) in group.slots.enumerated() {
            try run.spend(windows.frames.count)
            let row = group.firstRow + offset
            interpolate(reader.samples(of: Int(slot), row: row, in: view, windows), steps, into: block.row(row))
        }
    }

    /// For each step the value on the line between the samples before and after it.
    private func interpolate(_ samples: SeriesSamples, _ steps: Steps, into row: Cells<Double>) {
        for step in 0..<row.count {
            let moment = reference.moment(for: steps.time(step))
            var place = Int(samples.low[step])
            let end = Int(samples.high[step])
            while place < end && samples.times[place] < moment { place += 1 }
            if place < end && samples.times[place] == moment {
                row[step] = samples.values[place]
            } else if place == Int(samples.low[step]) {
                row[step] = MarkerNaN.absent
            } else if place < end {
                let (before, after) = (samples.values[place - 1], samples.values[place])
                let elapsed = Double(moment &- samples.times[place - 1])
                row[step] =
                    before + (after - before) * elapsed
                    / Double(samples.times[place] &- samples.times[place - 1])
            } else {
                row[step] = samples.values[place - 1]
            }
        }
    }
}
