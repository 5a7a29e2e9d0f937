import Metrics

/// A function over all windows of a range query at once.
///
/// Windows overlap, so most samples would be read many times. Where a form exists that looks at each sample once or
/// twice and still gives the same bits as `evaluate`, it is taken; otherwise each window is evaluated by itself.
///
/// Safety: `result` holds one element for each step; the samples are answered for as `WindowCursor` says.
extension RangeKernel {
    static func sweep(
        _ function: Function,
        _ cursor: WindowCursor,
        parameters: (Double, Double) = (0, 0),
        scratch: UnsafeMutableBufferPointer<Double>,
        into result: UnsafeMutablePointer<Double>
    ) {
        let isPlain = cursor.plan.extent == .plain
        switch function {
        case .rate where isPlain, .increase where isPlain, .delta where isPlain:
            unsafe sweepChange(cursor, isCounter: function != .delta, isRate: function == .rate, result)
        case .changes where isPlain:
            unsafe sweepCount(cursor, result) { isChange(from: $0, to: $1) }
        case .resets where isPlain:
            unsafe sweepCount(cursor, result) { $1 < $0 }
        case .maxOverTime where !scratch.isEmpty:
            unsafe sweepExtreme(cursor, scratch, result) { $0 > $1 }
        case .minOverTime where !scratch.isEmpty:
            unsafe sweepExtreme(cursor, scratch, result) { $0 < $1 }
        default:
            var cursor = cursor
            for step in 0..<cursor.plan.steps {
                let window = cursor.window(ofStep: step)
                unsafe result[step] = evaluate(function, window, parameters: parameters, scratch: scratch)
            }
        }
    }

    /// A window without a reset needs its two ends only, so it is enough to know where the last reset was.
    private static func sweepChange(
        _ start: WindowCursor,
        isCounter: Bool,
        isRate: Bool,
        _ result: UnsafeMutablePointer<Double>
    ) {
        var cursor = start
        var seen = 1
        var lastReset = 0
        for step in 0..<cursor.plan.steps {
            let window = cursor.window(ofStep: step)
            while seen < cursor.upper {
                if unsafe cursor.values[seen] < cursor.values[seen - 1] { lastReset = seen }
                seen += 1
            }
            guard window.count > 1 else {
                unsafe result[step] = MarkerNaN.absent
                continue
            }
            let last = window.count - 1
            let extrapolation = Extrapolation(
                firstTime: window.time(0),
                lastTime: window.time(last),
                count: window.count,
                start: window.start,
                end: window.end,
                rangeSeconds: isRate ? window.rangeSeconds : nil
            )
            let first = window.value(0)
            if !isCounter {
                unsafe result[step] = extrapolation.ofGauge(change: window.value(last) - first)
            } else {
                let isClean = lastReset <= cursor.lower
                let change = isClean ? window.value(last) - first : increaseWithResets(window)
                unsafe result[step] = extrapolation.ofCounter(change: change, first: first)
            }
        }
    }

    /// Counts between neighbours: all up to the window's end less all up to its start.
    @inline(__always)
    private static func sweepCount(
        _ start: WindowCursor,
        _ result: UnsafeMutablePointer<Double>,
        where isHit: (Double, Double) -> Bool
    ) {
        var cursor = start
        var (throughEnd, endSeen) = (0, 1)
        var (throughStart, startSeen) = (0, 1)
        for step in 0..<cursor.plan.steps {
            let window = cursor.window(ofStep: step)
            while endSeen < cursor.upper {
                if unsafe isHit(cursor.values[endSeen - 1], cursor.values[endSeen]) { throughEnd += 1 }
                endSeen += 1
            }
            while startSeen <= cursor.lower, startSeen < cursor.upper {
                if unsafe isHit(cursor.values[startSeen - 1], cursor.values[startSeen]) { throughStart += 1 }
                startSeen += 1
            }
            unsafe result[step] = window.count > 0 ? Double(throughEnd - throughStart) : MarkerNaN.absent
        }
    }

    /// Keeps the places that may still become the extreme in a ring, best first. Of equal values the earliest stays,
    /// and NaN is never kept, as in `extreme`.
    @inline(__always)
    private static func sweepExtreme(
        _ start: WindowCursor,
        _ scratch: UnsafeMutableBufferPointer<Double>,
        _ result: UnsafeMutablePointer<Double>,
        beats: (Double, Double) -> Bool
    ) {
        var cursor = start
        var candidates = unsafe PlaceRing(scratch)
        var seen = 0
        for step in 0..<cursor.plan.steps {
            let window = cursor.window(ofStep: step)
            seen = max(seen, cursor.lower)
            while let first = candidates.first, first < cursor.lower { candidates.removeFirst() }
            while seen < cursor.upper {
                let value = unsafe cursor.values[seen]
                if !value.isNaN {
                    while let last = candidates.last, unsafe beats(value, cursor.values[last]) {
                        candidates.removeLast()
                    }
                    candidates.append(seen)
                }
                seen += 1
            }
            if let best = candidates.first {
                unsafe result[step] = cursor.values[best]
            } else {
                unsafe result[step] = window.count > 0 ? window.value(window.count - 1) : MarkerNaN.absent
            }
        }
    }
}

/// Places in ascending order, taken from either end, kept as numbers in a buffer the caller lends.
///
/// Safety: indices are taken modulo the buffer's count. The buffer has room for a window's samples, and no more places
/// than that are ever inside.
@safe
private struct PlaceRing {
    private let places: UnsafeMutableBufferPointer<Double>
    private var head = 0
    private var count = 0

    init(_ places: UnsafeMutableBufferPointer<Double>) {
        unsafe self.places = places
    }

    @inline(__always)
    private func index(_ position: Int) -> Int {
        let index = head + position
        return unsafe index < places.count ? index : index - places.count
    }

    @inline(__always)
    var first: Int? { count == 0 ? nil : unsafe Int(places[head]) }

    @inline(__always)
    var last: Int? { count == 0 ? nil : unsafe Int(places[index(count - 1)]) }

    @inline(__always)
    mutating func removeFirst() {
        head = index(1)
        count -= 1
    }

    @inline(__always)
    mutating func removeLast() { count -= 1 }

    @inline(__always)
    mutating func append(_ place: Int) {
        unsafe places[index(count)] = Double(place)
        count += 1
    }
}
