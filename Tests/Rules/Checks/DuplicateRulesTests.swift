import Diagnostics
import Testing

@testable import Rules

@Suite struct `Rules that are there twice` {
    private static func file(_ rules: String...) throws -> RuleFile {
        let text = rules.map { "  - {\($0)}\n" }.joined()
        return try `What is likely a mistake in a rule`.read("groups:\n- name: g\n  rules:\n\(text)")
    }

    @Test func `Name and labels tell rules apart, in whatever order`() throws {
        let file = try Self.file(
            "record: 'a:b', expr: x, labels: {p: '1', q: '2'}",
            "record: 'a:b', expr: y, labels: {q: '2', p: '1'}",
            "record: 'a:b', expr: y, labels: {p: '1'}",
            "alert: 'a:b', expr: y > 1"
        )
        let found = DuplicateRules(in: [file]).files[0]
        #expect(found.countInFile == 1)
        #expect(found.diagnostics.map(\.start.line) == [5])
        #expect(found.diagnostics.map(\.code) == ["rules/duplicate"])
    }

    @Test func `Three of a kind are two findings and count once`() throws {
        let file = try Self.file("alert: A, expr: x", "alert: A, expr: x", "alert: A, expr: y")
        let found = DuplicateRules(in: [file]).files[0]
        #expect(found.countInFile == 1)
        #expect(found.diagnostics.count == 2)
    }

    @Test func `A rule of another file is told but does not count`() throws {
        let found = DuplicateRules(in: [try Self.file("alert: A, expr: x"), try Self.file("alert: A, expr: y")]).files
        #expect(found.map(\.countInFile) == [0, 0])
        #expect(found[0].diagnostics.isEmpty)
        #expect(found[1].diagnostics.map(\.code) == ["rules/duplicate-across-files"])
        #expect(found[1].diagnostics[0].message.contains("rules.yml:4:13"))
    }

    @Test func `Labels of the group count as the rule's`() throws {
        let text = """
            groups:
            - name: g
              labels: {a: '1'}
              rules: [{alert: A, expr: x}]
            - name: h
              rules: [{alert: A, expr: x, labels: {a: '1'}}]
            - name: i
              labels: {a: '1'}
              rules: [{alert: A, expr: x, labels: {a: '2'}}]
            """
        let file = try `What is likely a mistake in a rule`.read(text)
        #expect(DuplicateRules(in: [file]).files[0].diagnostics.map(\.start.line) == [6])
    }
}
