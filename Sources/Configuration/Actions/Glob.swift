/// Patterns in which `*` stands for any bytes and `?` for one.
public enum Glob {
    /// Whether the pattern means the text. Linear in the text for each star: no pattern makes it slow.
    public static func matches(_ pattern: String, _ text: String) -> Bool {
        let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
        var (place, letter) = (0, 0)
        var (star, retry) = (-1, 0)
        while letter < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                (star, retry) = (place, letter)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == text[letter] {
                place += 1
                letter += 1
            } else if star >= 0 {
                retry += 1
                (place, letter) = (star + 1, retry)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// Paths by their text alone. Whether links lead elsewhere is seen when they are opened.
enum PermittedPath {
    /// Absolute, without a way up, without a NUL at which it would end early.
    static func isPlain(_ path: String) -> Bool {
        path.utf8.first == UInt8(ascii: "/") && !path.utf8.contains(0)
            && !path.utf8.split(separator: UInt8(ascii: "/")).contains {
                $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8)
            }
    }

    /// Whether the path is the root or below it, part by part: `/etc/api` covers `/etc/api/a` and not `/etc/apiary`.
    static func covers(_ root: String, _ path: String) -> Bool {
        guard isPlain(root), isPlain(path) else { return false }
        let (root, path) = (parts(root), parts(path))
        return path.count >= root.count && zip(root, path).allSatisfy { $0.elementsEqual($1) }
    }

    private static func parts(_ path: String) -> [Substring.UTF8View] {
        path.utf8.split(separator: UInt8(ascii: "/"))
    }
}
