import Files

/// Where files are mapped that cannot be written to and never were: the linker writes to some of them before it closes them.
///
/// What was written is told by a list that the kernel makes by looking at every page. It is asked for again only when other files are
/// mapped than before, which the short list tells.
struct UnwrittenFiles {
    /// A part of the kernel's text about what is mapped.
    private typealias Line = ArraySlice<UInt8>

    /// The lines about mapped files that cannot be written to, as they were when the long list was read.
    private var known: [UInt8] = []
    private var found: [Range<UInt>] = []

    /// The ranges as they are now.
    mutating func ranges() -> [Range<UInt>] {
        if !known.isEmpty, let text = try? FileSystem.read("/proc/self/maps"), Self.readOnlyFiles(text) == known {
            return found
        }
        known = []
        found = []
        if let text = try? FileSystem.read("/proc/self/smaps") {
            known = Self.readOnlyFiles(text)
            found = Self.unwritten(text)
        }
        return found
    }

    private static func readOnlyFiles(_ text: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        forEachLine(text) { line in
            if isReadOnlyFile(line) { kept += line }
        }
        return kept
    }

    private static func unwritten(_ text: [UInt8]) -> [Range<UInt>] {
        var ranges: [Range<UInt>] = []
        var candidate: Range<UInt>?
        let title = Array("Anonymous:".utf8)
        forEachLine(text) { line in
            if !line.starts(with: title) {
                // What begins with a capital is told of the range above.
                if !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(line[line.startIndex]) {
                    candidate = isReadOnlyFile(line) ? bounds(line) : nil
                }
                return
            }
            let isUnwritten = line.dropFirst(title.count).allSatisfy { " 0kB".utf8.contains($0) }
            if let range = candidate, isUnwritten { ranges.append(range) }
            candidate = nil
        }
        return ranges
    }

    private static func forEachLine(_ text: [UInt8], _ body: (Line) -> Void) {
        var rest = text[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if end > rest.startIndex { body(rest[..<end]) }
            rest = rest[(end + 1)...]
        }
    }

    /// Such as `7f00-7f10 r-xp 00000000 08:01 1234    /usr/lib/libc.so.6`: only a path has a slash.
    private static func isReadOnlyFile(_ line: Line) -> Bool {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")), line.endIndex - space > 5 else { return false }
        let isReadable = line[space + 1] == UInt8(ascii: "r")
        let isWritable = line[space + 2] == UInt8(ascii: "w")
        let isPrivate = line[space + 4] == UInt8(ascii: "p")
        return isReadable && !isWritable && isPrivate && line.contains(UInt8(ascii: "/"))
    }

    private static func bounds(_ line: Line) -> Range<UInt>? {
        let ends = line.prefix { $0 != UInt8(ascii: " ") }.split(separator: UInt8(ascii: "-"))
            .compactMap { UInt(String(decoding: $0, as: UTF8.self), radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
}
