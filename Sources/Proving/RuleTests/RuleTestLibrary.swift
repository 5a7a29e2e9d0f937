/// Where test files and rule files come from: the disk, or in tests a table.
public protocol RuleTestLibrary {
    /// The text of a file. The error's description completes a sentence for the operator.
    func read(_ path: String) throws -> String
    /// The names in a folder; none where it cannot be listed.
    func names(in folder: String) -> [String]
    func exists(_ path: String) -> Bool
}
