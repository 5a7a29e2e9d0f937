/// The notation in which all tests write the samples of a series: `1 _ 2+3x4 stale`.
enum SeriesNotation {
    /// The steps that a text stands for. Ranges of problems are bytes of the text.
    static func items(_ text: String) throws(ScriptProblem) -> [PromQLScript.Item] {
        var items: [PromQLScript.Item] = []
        for line in ScriptLine.all(in: text) where !line.isEmpty {
            guard items.isEmpty else {
                throw ScriptProblem("the values of a series stand on one line", at: line.range)
            }
            var cursor = LineCursor(line)
            try SeriesLineReader.readItems(&cursor, into: &items)
        }
        // What begins like a comment is an empty line to a script.
        guard !items.isEmpty || text.utf8.allSatisfy(ScriptLine.isBlank) else {
            throw ScriptProblem("malformed values", at: 0..<text.utf8.count, help: "a comment cannot stand here")
        }
        return items
    }
}
