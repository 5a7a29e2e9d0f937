/// The rules of the house that a text can break, each a function from files to findings.
enum Tidiness {
    typealias File = Repository.File

    /// The longest a source file may be: beyond it there is a second idea in it.
    static let sourceLinesMax = 400
    static let readmeLinesMax = 150

    static let topLevel: Set<String> = [
        ".ci", ".gitignore", ".swift-format", "LICENSE", "Package.swift", "README.md", "Sources", "Tests", "deploy",
        "playbooks", "rules",
    ]

    static func strangers(_ files: [File]) -> [String] {
        Set(files.map { String($0.path.prefix { $0 != "/" }) }).subtracting(topLevel).sorted()
            .map { "\($0): the top level holds only \(topLevel.sorted().joined(separator: " "))" }
    }

    static func longFiles(_ files: [File]) -> [String] {
        files.compactMap { file in
            let limit =
                file.isSource || file.isOfThePage ? sourceLinesMax : file.path == "README.md" ? readmeLinesMax : Int.max
            let count = file.text.utf8.count { $0 == UInt8(ascii: "\n") }
            return count > limit ? "\(file.path): \(count) lines, at most \(limit)" : nil
        }
    }

    /// What may not stand in a source file, and what to do instead.
    static let banned = [
        ("try!", "handle the error, or make it impossible"),
        ("fatalError(", "input must not reach a trap; a bug is a precondition"),
        ("as!", "bind it, or change the type"),
        ("TO" + "DO", "do it, or open an issue"),
        ("FIX" + "ME", "mend it, or open an issue"),
        ("XX" + "X", "say what is meant"),
        ("Thread.sleep", "wait for the event"),
        ("Task.sleep", "wait for the event, on a clock that is an argument"),
    ]

    static func bannedWords(_ files: [File]) -> [String] {
        files.filter(\.isSource).flatMap { file in
            banned.flatMap { words, advice in
                file.lines(with: words).filter { occurs(words, in: $0.text) }
                    .map { "\(file.path):\($0.number): \(words): \(advice)" }
            }
        }
    }

    /// Whether the words are there by themselves, not as the part of a longer one.
    private static func occurs(_ words: String, in line: Substring) -> Bool {
        line.ranges(of: words).contains { range in
            let before = line[..<range.lowerBound].last
            return before?.isLetter != true
                && (words.last?.isLetter != true || line[range.upperBound...].first?.isLetter != true)
        }
    }

    static func tabs(_ files: [File]) -> [String] {
        files.filter { $0.path.hasSuffix(".swift") || $0.path.hasSuffix(".md") }.flatMap { file in
            (file.lines(with: "\t") + file.lines(with: "\r").filter { $0.text.utf8.last == UInt8(ascii: "\r") })
                .map { "\(file.path):\($0.number): indent with spaces and end lines with a newline alone" }
        }
    }

    /// Folders that exist on one machine only.
    static let privatePlaces = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]

    static func placesOfOneMachine(_ files: [File]) -> [String] {
        files.flatMap { file in
            privatePlaces.flatMap { place in
                file.lines(with: place).map { "\(file.path):\($0.number): \(place) exists on one machine only" }
            }
        }
    }

    static func unexplainedScripts(_ files: [File]) -> [String] {
        files.filter { $0.path.hasPrefix("deploy/") && $0.text.hasPrefix("#!") }.compactMap { file in
            let second = file.lines.dropFirst().first?.text ?? ""
            return second.hasPrefix("# \(file.path)")
                ? nil : "\(file.path):2: must say what the script is for: # \(file.path) ...: ..."
        }
    }

    /// Links of Markdown to files of the project that are not there.
    static func deadLinks(_ files: [File], exists: (String) -> Bool) -> [String] {
        files.filter { $0.path.hasSuffix(".md") }.flatMap { file in
            // A link counts from the folder of the document.
            let folder = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
            return file.lines.flatMap { line in
                line.text.matches(of: /\]\(([^)#\s]+)/)
                    .map { String($0.1) }
                    .filter { !$0.contains("://") && !exists(folder + $0) }
                    .map { "\(file.path):\(line.number): \($0) is not there" }
            }
        }
    }
}
