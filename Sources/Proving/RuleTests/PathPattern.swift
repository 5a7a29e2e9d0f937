/// A pattern for the paths of files, as Go's `filepath.Glob` reads them: `*`, `?`, `[a-z]`, `[^a-z]` and `\` within the parts
/// between slashes.
struct PathPattern {
    /// Brackets that are not closed, a range without an end, a backslash at the end.
    struct Malformed: Error {}

    private let parts: [Part]
    private let isAbsolute: Bool

    private enum Part {
        case name(String)
        case pattern([Element])
    }

    private enum Element {
        case exactly(Unicode.Scalar)
        case anyOne
        case anyMany
        case oneOf([ClosedRange<UInt32>], isInverted: Bool)
    }

    init(_ text: String) throws(Malformed) {
        var parts: [Part] = []
        isAbsolute = text.utf8.first == UInt8(ascii: "/")
        for name in Self.cleaned(text).utf8.split(separator: UInt8(ascii: "/")) {
            let name = String(Substring(name))
            let isPlain = !name.utf8.contains { "*?[\\".utf8.contains($0) }
            parts.append(isPlain ? .name(name) : .pattern(try Self.elements(of: name)))
        }
        self.parts = parts
    }

    /// Every path that the pattern fits, folder by folder in the order of names. `list` gives the names in a folder, none
    /// where it is no folder; `exists` is asked for paths that need no listing.
    func paths(list: (String) -> [String], exists: (String) -> Bool) -> [String] {
        var found = [isAbsolute ? "/" : ""]
        for part in parts {
            switch part {
            case .name(let name): found = found.map { Self.joined($0, name) }
            case .pattern(let elements):
                found = found.flatMap { folder in
                    let names = list(folder.isEmpty ? "." : folder).filter {
                        Self.matches(Array($0.unicodeScalars)[...], elements[...])
                    }
                    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { Self.joined(folder, $0) }
                }
            }
        }
        return found.filter { !$0.isEmpty && exists($0) }
    }

    /// The path of a file that is named relative to a folder.
    static func joined(_ folder: String, _ path: String) -> String {
        if folder.isEmpty { return path }
        return folder.utf8.last == UInt8(ascii: "/") ? folder + path : "\(folder)/\(path)"
    }

    /// The path without `.` and without `name/..`.
    static func cleaned(_ path: String) -> String {
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        var kept: [String] = []
        for name in path.utf8.split(separator: UInt8(ascii: "/")).map({ String(Substring($0)) }) where name != "." {
            if name != ".." || kept.last.map({ $0 == ".." }) ?? !isAbsolute {
                kept.append(name)
            } else if !kept.isEmpty {
                kept.removeLast()
            }
        }
        let joined = kept.joined(separator: "/")
        return isAbsolute ? "/" + joined : (joined.isEmpty ? "." : joined)
    }

    private static func elements(of name: String) throws(Malformed) -> [Element] {
        var elements: [Element] = []
        var rest = Array(name.unicodeScalars)[...]
        while let first = rest.popFirst() {
            switch first {
            case "*": elements.append(.anyMany)
            case "?": elements.append(.anyOne)
            case "[": elements.append(try oneOf(&rest))
            case "\\":
                guard let escaped = rest.popFirst() else { throw Malformed() }
                elements.append(.exactly(escaped))
            default: elements.append(.exactly(first))
            }
        }
        return elements
    }

    private static func oneOf(_ rest: inout ArraySlice<Unicode.Scalar>) throws(Malformed) -> Element {
        let isInverted = rest.first == "^"
        if isInverted { rest.removeFirst() }
        var ranges: [ClosedRange<UInt32>] = []
        while rest.first != "]" || ranges.isEmpty {
            let low = try bound(&rest)
            var high = low
            if rest.first == "-" {
                rest.removeFirst()
                high = try bound(&rest)
            }
            // A range that runs backwards fits nothing, but is no mistake.
            ranges.append(low <= high ? low...high : 0x11_0000...0x11_0000)
        }
        rest.removeFirst()
        return .oneOf(ranges, isInverted: isInverted)
    }

    private static func bound(_ rest: inout ArraySlice<Unicode.Scalar>) throws(Malformed) -> UInt32 {
        guard let first = rest.popFirst(), first != "-", first != "]" else { throw Malformed() }
        guard first == "\\" else { return first.value }
        guard let escaped = rest.popFirst() else { throw Malformed() }
        return escaped.value
    }

    /// Goes back to the last `*` where the rest does not fit, which is enough and takes no stack.
    private static func matches(_ name: ArraySlice<Unicode.Scalar>, _ elements: ArraySlice<Element>) -> Bool {
        var (name, elements) = (name, elements)
        var retry: (name: ArraySlice<Unicode.Scalar>, elements: ArraySlice<Element>)?
        while true {
            if case .anyMany = elements.first {
                elements.removeFirst()
                retry = (name, elements)
                continue
            }
            if name.isEmpty && elements.isEmpty { return true }
            if let first = name.first, let element = elements.first, fits(first, element) {
                name.removeFirst()
                elements.removeFirst()
                continue
            }
            guard var again = retry, !again.name.isEmpty else { return false }
            again.name.removeFirst()
            retry = again
            (name, elements) = again
        }
    }

    private static func fits(_ scalar: Unicode.Scalar, _ element: Element) -> Bool {
        switch element {
        case .exactly(let wanted): scalar == wanted
        case .anyOne, .anyMany: true
        case .oneOf(let ranges, let isInverted): ranges.contains { $0.contains(scalar.value) } != isInverted
        }
    }
}
