import Diagnostics
import Rules
import YAML

/// A rule file as far as it could be read. Read once, however many tests name it.
struct LoadedRuleFile {
    let source: SourceText?
    let file: RuleFile?
    let diagnostics: [Diagnostic]

    init(_ path: String, _ library: any RuleTestLibrary, _ options: RuleTestRunner.Options) {
        do {
            let source = SourceText(name: path, text: try library.read(path))
            let problems = Problems(in: source, toleratesUnknownKeys: options.ignoresUnknownFields)
            self.source = source
            file = RuleFile(source, problems: problems)
            diagnostics = problems.diagnostics
        } catch {
            source = nil
            file = nil
            let nowhere = SourceText(name: path, text: "")
            let message = "the rule file cannot be used: \(error)"
            diagnostics = [
                Diagnostic(.error, code: "rule-test/unreadable", message: message, range: 0..<0, source: nowhere)
            ]
        }
    }
}

/// The rules that a test file names, in the order in which they are evaluated.
struct RulesUnderTest {
    private(set) var paths: [String] = []
    private(set) var unmatched: [String] = []
    private(set) var groups: [RuleGroupUnderTest] = []
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var isSound = true

    /// Finds the files that fit the patterns, each once. Patterns that are none go into `problems`.
    mutating func find(
        _ patterns: [Placed<String>],
        from folder: String,
        _ library: any RuleTestLibrary,
        _ problems: Problems
    ) {
        for pattern in patterns {
            let isAbsolute = pattern.value.utf8.first == UInt8(ascii: "/")
            let text = isAbsolute || pattern.value.isEmpty ? pattern.value : PathPattern.joined(folder, pattern.value)
            do throws(PathPattern.Malformed) {
                let found = try PathPattern(text).paths(list: library.names(in:), exists: library.exists)
                if found.isEmpty { unmatched.append(pattern.value.isEmpty ? "\"\"" : PathPattern.cleaned(text)) }
                for path in found where !paths.contains(path) { paths.append(path) }
            } catch {
                problems.error(
                    "rule-test/bad-pattern",
                    "syntax error in pattern: \(pattern.value)",
                    at: pattern.range,
                    help: "put a backslash before '[' where it is meant as it stands"
                )
            }
        }
    }

    mutating func add(_ loaded: LoadedRuleFile, at path: String) {
        diagnostics += loaded.diagnostics
        guard let file = loaded.file else {
            isSound = false
            return
        }
        groups += file.groups.map { RuleGroupUnderTest(file: path, group: $0) }
    }

    /// Puts groups into the order asked for. Groups that are not named in it come first, in the order of their files.
    mutating func order(by names: [String]) {
        guard !names.isEmpty else { return }
        func rank(_ group: RuleGroupUnderTest) -> Int {
            names.firstIndex { $0.utf8.elementsEqual(group.group.name.value.utf8) } ?? 0
        }
        groups = groups.enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }
}

extension PathPattern {
    /// The folder of a file, empty for the one we are in.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        let folder = String(path.utf8[...slash]) ?? ""
        return folder
    }
}
