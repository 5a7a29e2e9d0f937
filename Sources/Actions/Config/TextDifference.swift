/// What two texts do not share, line by line, as `diff -u` shows it. Bounded, and without secrets.
enum TextDifference {
    private static let context = 3
    private static let linesMax = 4_000
    private static let bytesMax = 32 * 1024

    static func between(_ old: [UInt8], _ new: [UInt8], path: String) -> String {
        guard old != new else { return "" }
        guard !old.contains(0), !new.contains(0) else { return "binary contents differ\n" }
        let (left, right) = (lines(old), lines(new))
        var start = 0
        while start < left.count, start < right.count, left[start] == right[start] { start += 1 }
        var end = 0
        while end < left.count - start, end < right.count - start,
            left[left.count - 1 - end] == right[right.count - 1 - end]
        { end += 1 }
        let (inner, other) = (Array(left[start..<left.count - end]), Array(right[start..<right.count - end]))
        guard inner.count <= linesMax, other.count <= linesMax else { return "\(path): nearly everything differs\n" }
        var text = "--- \(Wording.shown(path))\n+++ \(Wording.shown(path))\n"
        let first = max(0, start - context)
        text += "@@ -\(first + 1) +\(first + 1) @@\n"
        for line in left[first..<start] { text += " " + shown(line) }
        for (mark, line) in script(inner, other) { text += mark + shown(line) }
        for line in left[(left.count - end)..<min(left.count, left.count - end + context)] { text += " " + shown(line) }
        let scrubbed = Scrubber(secrets: []).scrub(text)
        guard scrubbed.utf8.count > bytesMax else { return scrubbed }
        return String(decoding: scrubbed.utf8.prefix(bytesMax), as: UTF8.self) + "\n[cut]\n"
    }

    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func shown(_ line: ArraySlice<UInt8>) -> String {
        Wording.shown(String(decoding: line, as: UTF8.self), limit: 500) + "\n"
    }

    /// The longest common lines stay; the rest goes or comes. Quadratic, so it is given up for texts that are large and different.
    private static func script(
        _ old: [ArraySlice<UInt8>],
        _ new: [ArraySlice<UInt8>]
    ) -> [(String, ArraySlice<UInt8>)] {
        guard old.count * new.count <= 1_000_000 else { return old.map { ("-", $0) } + new.map { ("+", $0) } }
        // lengths[i][j]: the common lines of what follows i and j.
        var lengths = [[Int]](repeating: [Int](repeating: 0, count: new.count + 1), count: old.count + 1)
        for i in stride(from: old.count - 1, through: 0, by: -1) {
            for j in stride(from: new.count - 1, through: 0, by: -1) {
                lengths[i][j] = old[i] == new[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var (i, j) = (0, 0)
        var script: [(String, ArraySlice<UInt8>)] = []
        while i < old.count || j < new.count {
            if i < old.count, j < new.count, old[i] == new[j] {
                script.append((" ", old[i]))
                (i, j) = (i + 1, j + 1)
            } else if j >= new.count || (i < old.count && lengths[i + 1][j] >= lengths[i][j + 1]) {
                script.append(("-", old[i]))
                i += 1
            } else {
                script.append(("+", new[j]))
                j += 1
            }
        }
        return script
    }
}
