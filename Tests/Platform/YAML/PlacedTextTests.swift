import Diagnostics
import Testing

@testable import YAML

@Suite struct PlacedTextTests {
    /// The text of `e` in a document, and the source.
    private func placed(_ text: String) throws -> (text: PlacedText, source: SourceText) {
        let (document, problems) = read(text)
        let node = try #require(document?.root.mapping?["e"], "\(problems.lines)")
        return (try #require(PlacedText(node, in: problems.source)), problems.source)
    }

    @Test(arguments: [
        // The document, a part of the decoded text, what the file has there, and where.
        ("e: up == bad\n", "bad", "bad", "1:10"),
        ("e: 'a \"b\" ''c'' bad'\n", "bad", "bad", "1:17"),
        ("e: 'a ''c'\n", "'c", "''c", "1:7"),
        ("e: \"a\\tb \\u00e9 bad\"\n", "bad", "bad", "1:17"),
        ("e: \"a\\x41\"\n", "A", "\\x41", "1:6"),
        ("e: |\n  up\n    == bad\n", "bad", "bad", "3:8"),
        ("e: |-\n  größer\n  日本 bad", "bad", "bad", "3:6"),
        ("e: >\n  up\n  == bad\n", "bad", "bad", "3:6"),
        ("e: >\n  up\n  == bad\n", "up == bad", "up\n  == bad", "2:3"),
        ("e: >\n  a\n\n  b\n   more\n  bad\n", "bad", "bad", "6:3"),
        ("e: |2\n    x\n   bad\n", " bad", " bad", "3:3"),
        ("e: |\n\n\n  bad\n", "bad", "bad", "4:3"),
        ("e: |+\r\n  a\r\n  bad\r\n\r\n", "bad", "bad", "3:3"),
        ("e: # why\n  up\n  == bad # no\n", "bad", "bad", "3:6"),
        ("e: up\n  ==\n\n  bad\n", "bad", "bad", "4:3"),
        ("e: \"up \\\n    == bad\"\n", "bad", "bad", "2:8"),
        ("e: \"up  \n\n\n    == bad\"\n", "\n\n== bad", "  \n\n\n    == bad", "1:7"),
        ("\u{FEFF}x: é\ne: &a !!str 'é bad'\n", "bad", "bad", "2:16"),
        ("e:\n  |\n  a\tbad\n", "bad", "bad", "3:5"),
        ("e:   bad", "bad", "bad", "1:6"),
        ("{e: bad, f: [1]}", "bad", "bad", "1:5"),
    ])
    func `A part of the text is found in the file`(_ file: String, _ part: String, _ found: String, _ place: String)
        throws
    {
        let (text, source) = try placed(file)
        let bytes = Array(text.text.utf8)
        let offset = try #require(
            bytes.indices.first { bytes[$0...].starts(with: part.utf8) },
            "\(text.text.debugDescription)"
        )
        let range = text.range(of: offset..<offset + part.utf8.count)
        #expect(source.bytes(range) == found)
        let start = source.place(of: range.lowerBound)
        #expect("\(start.line):\(start.column)" == place)
    }

    @Test(arguments: [
        ("e: up ==\n", "1:9"), ("e: 'up =='\n", "1:10"), ("e: |\n  up\n  ==\n\nf: 1\n", "3:5"), ("e: \"a\\n\"", "1:6"),
        ("e: ''", "1:4"), ("e: ", "1:3"), ("e: |\n", "1:4"),
    ])
    func `The end of the text is behind its last character, not on the next line`(_ file: String, _ place: String)
        throws
    {
        let (text, source) = try placed(file)
        let end = text.text.utf8.count
        let start = source.place(of: text.range(of: end..<end).lowerBound)
        #expect("\(start.line):\(start.column)" == place)
    }

    @Test func `A problem of an expression becomes one of the file`() throws {
        let (text, source) = try placed("e: |\n  sum(\n    up\n")
        let inner = SourceText(text: text.text)
        let problem = Diagnostic(.error, code: "x/y", message: "m", range: 3..<4, help: "h", source: inner)
        let moved = text.placed(problem, in: source)
        #expect(moved.range == 10..<11)
        #expect(moved.source == source)
        #expect([moved.code, moved.message, moved.help] == ["x/y", "m", "h"])
    }

    @Test(arguments: 0..<40)
    func `Random scalars are decoded as libyaml decodes them, and each copied byte is the file's`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 1)
        let words = [
            "a", "b", " ", "  ", "\n", "\n\n", "\t", "\r\n", "é", "日", "''", "\"", "'", "\\n", "\\x41", "\\\n", "\\\\",
            "#", ": ",
            "\u{85}", "\u{2028}", "- ", ",", "\\u263a", "\u{1F600}",
        ]
        let openings = [
            "e: ", "e: '", "e: \"", "e: |\n  ", "e: >\n  ", "e: |+\n  ", "e: >-\n  ", "e: |3\n     ", "e:\n - >2-\n   ",
        ]
        for _ in 0..<500 {
            let opening = openings.randomElement(using: &random) ?? ""
            var file = opening
            for _ in 0..<Int.random(in: 0..<14, using: &random) {
                let word = words.randomElement(using: &random) ?? ""
                file += word
                if word.hasSuffix("\n"), Int.random(in: 0..<8, using: &random) > 0 {
                    file += String(repeating: " ", count: Int.random(in: 1..<7, using: &random))
                }
            }
            if opening.hasSuffix("'") { file += "'" }
            if opening.hasSuffix("\"") { file += "\"" }
            let (document, problems) = read(file)
            guard let root = document?.root else { continue }
            check(root, in: problems.source)
        }
    }

    private func check(_ node: YAMLNode, in source: SourceText) {
        switch node.content {
        case .mapping(let mapping): for entry in mapping.entries { check(entry.value, in: source) }
        case .sequence(let nodes): for node in nodes { check(node, in: source) }
        case .scalar(let scalar):
            let bytes = Array(source.text.utf8)
            let isBlock = scalar.style == .literal || scalar.style == .folded
            let decoded =
                isBlock
                ? BlockScalarScanner.decode(scalar, at: node.range, in: bytes)
                : ScalarScanner.decode(scalar.style, at: node.range, in: bytes)
            #expect(decoded.bytes == Array(scalar.text.utf8), "\(source.text.debugDescription)")
            for piece in decoded.pieces where piece.isCopy {
                #expect(bytes[piece.file] == decoded.bytes[piece.start..<piece.start + piece.file.count])
            }
        }
    }
}
