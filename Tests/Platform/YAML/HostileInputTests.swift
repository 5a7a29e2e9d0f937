import Diagnostics
import Testing

@testable import YAML

@Suite struct HostileInputTests {
    private static let pieces = [
        "a", "b: ", "- ", ": ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ",", "&x ", "*x", "<<: ", "!!int ", "!<",
        "'", "\"", "\\", "|", ">",
        "|2\n", "#", "%YAML 1.1\n", "---\n", "...\n", "? ", "\t", "\r", "\u{FEFF}", "é", "\u{0}", "\u{2028}", "~",
        "1e999", "@", "`", "\u{1F600}",
    ]

    @Test(arguments: 0..<20)
    func `No text makes reading, decoding or editing fail in another way than with a problem`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 7)
        let shape = Shape<Int>.structure("x") { fields in
            _ = fields.optional("a", .list(of: .string))
            _ = fields.required("b", .map(of: .placedText))
            return 1
        }
        for _ in 0..<1000 {
            let count = Int.random(in: 0..<25, using: &random)
            let text = (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
            let (document, problems) = read(text)
            #expect((document == nil) == problems.hasErrors || document != nil)
            guard let document else { continue }
            check(document.root, within: text.utf8.count)
            _ = document.decode(shape, problems: problems)
            _ = try? document.setting(YAMLPath("a"), to: .string("x\n# y"))
            for problem in problems.diagnostics {
                #expect(problem.range.upperBound <= text.utf8.count)
            }
        }
    }

    @Test(arguments: 0..<10)
    func `No bytes do either`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 31)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            guard let source = try? SourceText(name: nil, yaml: bytes) else { continue }
            _ = YAMLDocument.all(in: source, problems: Problems(in: source))
        }
    }

    private func check(_ node: YAMLNode, within count: Int) {
        #expect(node.range.upperBound <= count)
        switch node.content {
        case .scalar: break
        case .sequence(let nodes): for node in nodes { check(node, within: count) }
        case .mapping(let mapping):
            for entry in mapping.entries {
                #expect(entry.keyRange.upperBound <= count)
                check(entry.value, within: count)
            }
        }
    }
}
