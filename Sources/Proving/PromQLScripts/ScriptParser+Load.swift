import Diagnostics
import Metrics

extension ScriptParser {
    mutating func parseLoad(
        _ cursor: inout LineCursor,
        convertsHistograms: Bool
    ) throws(ScriptProblem) -> PromQLScript.Load {
        let interval = try Self.duration(cursor.word(), of: "the interval of load")
        let rest = cursor.rest()
        guard rest.text.isEmpty else {
            throw ScriptProblem("nothing may follow the interval on the line of load", at: rest.range)
        }
        guard interval > .zero else {
            throw ScriptProblem("the interval of load must be longer than zero", at: cursor.line.range)
        }
        var series = SeriesList()
        var starts: StartLine?
        while let line = nextBlockLine() {
            do throws(ScriptProblem) {
                if let startLine = try StartLine(line) {
                    try starts?.mustBeFollowed()
                    starts = startLine.labels.isEmpty ? nil : startLine
                    continue
                }
                let loaded = try parseLoadedSeries(line)
                try starts?.mustMatch(loaded)
                starts = nil
                series.set(loaded)
            } catch {
                starts = nil
                report(error)
            }
        }
        try starts?.mustBeFollowed()
        return PromQLScript.Load(
            interval: interval,
            convertsHistograms: convertsHistograms,
            series: series.lines,
            range: cursor.line.range
        )
    }

    private func parseLoadedSeries(_ line: ScriptLine) throws(ScriptProblem) -> PromQLScript.SeriesLine {
        let loaded = try SeriesLineReader.read(line)
        guard !loaded.labels.isEmpty else {
            throw ScriptProblem("a series to load needs a name or a label", at: loaded.range)
        }
        return loaded
    }
}

/// Series in the order of their first lines; a later line of the same series takes the earlier one's place.
struct SeriesList {
    private(set) var lines: [PromQLScript.SeriesLine] = []
    private var places: [Labels: Int] = [:]

    /// Returns whether the series was there already.
    @discardableResult
    mutating func set(_ line: PromQLScript.SeriesLine) -> Bool {
        if let place = places[line.labels] {
            lines[place] = line
            return true
        }
        places[line.labels] = lines.count
        lines.append(line)
        return false
    }
}

/// `series@st items`: when the counter of each sample of the next line began. It is checked for form and not used:
/// medic keeps no start timestamps.
private struct StartLine {
    let labels: Labels
    let count: Int
    let range: Range<Int>

    /// Nil when the line is not of this kind.
    init?(_ line: ScriptLine) throws(ScriptProblem) {
        var cursor = LineCursor(line)
        let head = SeriesLineReader.head(&cursor)
        guard head.text.utf8.suffix(3).elementsEqual("@st".utf8) else { return nil }
        let series = String(decoding: head.text.utf8.dropLast(3), as: UTF8.self)
        labels = series.isEmpty ? .empty : try SeriesLineReader.labels(series, at: head.range.lowerBound)
        range = head.range
        var count = 0
        while true {
            let item = cursor.word()
            if item.text.isEmpty { break }
            guard let steps = Self.steps(of: item.text) else {
                throw ScriptProblem(
                    "malformed start timestamp \(Labels.quoted(item.text))",
                    at: item.range,
                    help: "write _, _x3, -1m, -1mx3 or -1m+10sx3"
                )
            }
            count += steps
        }
        self.count = count
    }

    func mustBeFollowed() throws(ScriptProblem) {
        throw ScriptProblem("the line of start timestamps has no line of samples after it", at: range)
    }

    func mustMatch(_ line: PromQLScript.SeriesLine) throws(ScriptProblem) {
        guard labels == line.labels else {
            throw ScriptProblem("the line of start timestamps is about another series than the next line", at: range)
        }
        guard count == line.items.count else {
            throw ScriptProblem("\(count) start timestamps for \(line.items.count) values", at: range)
        }
    }

    /// How many steps the item stands for: `_`, `*` or an offset, repeated by `xN`; an offset may change by a step.
    private static func steps(of item: String) -> Int? {
        let parts = item.utf8.split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let value = parts.first else { return nil }
        var repeats: Int?
        if parts.count == 2 {
            guard let count = Int(Substring(parts[1])), (0...SeriesLineReader.itemsMax).contains(count) else {
                return nil
            }
            repeats = count
        }
        if value.elementsEqual("_".utf8) { return repeats ?? 1 }
        if value.elementsEqual("*".utf8) { return (repeats ?? 0) + 1 }
        let offsets = unsigned(value).split(omittingEmptySubsequences: false) { $0 == plus || $0 == minus }
        guard offsets.count == 1 || (offsets.count == 2 && repeats != nil) else { return nil }
        let isWellFormed = offsets.allSatisfy { (try? Milliseconds(promQL: String(Substring($0)))) != nil }
        return isWellFormed ? (repeats ?? 0) + 1 : nil
    }

    private static func unsigned(_ value: Substring.UTF8View) -> Substring.UTF8View {
        value.first == plus || value.first == minus ? value.dropFirst() : value
    }

    private static let plus = UInt8(ascii: "+")
    private static let minus = UInt8(ascii: "-")
}
