internal import Glibc

extension FileSystem {
    /// The files that a shell's pattern stands for (`rules/*.yml`), sorted by their bytes. A path without a pattern stands for itself where
    /// there is such a file.
    public static func matches(_ pattern: String) throws(FileError) -> [String] {
        guard !pattern.utf8.contains(0) else { throw FileError(.list, pattern, .invalid) }
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        let status = unsafe glob(pattern, GLOB_NOSORT, nil, &found)
        switch status {
        case 0: break
        case GLOB_NOMATCH: return []
        default: throw FileError(.list, pattern, .init(rawValue: errno == 0 ? EIO : errno))
        }
        // The list and its texts belong to `found`, which lives until the end of this function.
        return (0..<Int(unsafe found.gl_pathc)).compactMap { place in
            unsafe found.gl_pathv[place].map { unsafe String(cString: $0) }
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
