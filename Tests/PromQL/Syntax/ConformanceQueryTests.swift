import Foundation
import PromQL
import Testing

/// The queries of Prometheus's own test scripts, where they can be found.
enum ConformanceScripts {
    struct Query: Sendable, CustomTestStringConvertible {
        let script: String
        let line: Int
        let text: String

        var testDescription: String { "\(script):\(line)" }
    }

    static var folder: URL {
        let environment = ProcessInfo.processInfo.environment["MEDIC_PROMQLTEST"]
        return URL(fileURLWithPath: environment ?? "../shared/promqltest")
    }

    static let files: [URL] = {
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "test" }.sorted { $0.path < $1.path }
    }()

    /// Whether there is nothing to test against.
    static var isMissing: Bool { files.isEmpty }

    static let queries: [Query] = files.flatMap { file in
        let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        return (lines ?? []).enumerated().compactMap { index, line in
            query(line.trimmingCharacters(in: .whitespaces)).map {
                Query(script: file.lastPathComponent, line: index + 1, text: $0)
            }
        }
    }

    private static let evaluation =
        try? NSRegularExpression(
            pattern: #"^eval(?:_\w+)? +(?:instant +at +\S+|range +from +\S+ +to +\S+ +step +\S+) +(.+)$"#
        )

    private static func query(_ line: String) -> String? {
        let range = NSRange(line.startIndex..., in: line)
        guard let match = evaluation?.firstMatch(in: line, range: range) else { return nil }
        return Range(match.range(at: 1), in: line).map { String(line[$0]) }
    }
}

@Suite("The queries of Prometheus's test scripts", .disabled(if: ConformanceScripts.isMissing, "scripts not found"))
struct ConformanceQueryTests {
    @Test func `Every query parses, and prints so that it reads back the same`() throws {
        #expect(ConformanceScripts.queries.count > 1_000)
        for query in ConformanceScripts.queries {
            let expression: PromQL.Expression
            do throws(ParseError) {
                expression = try parse(query.text)
            } catch {
                Issue.record("\(query.testDescription): \(query.text)\n\(error.description(in: query.text))")
                continue
            }
            for text in [expression.description, expression.pretty()] {
                let again = try? parse(text)
                #expect(
                    again?.isEquivalent(to: expression) == true,
                    "\(query.testDescription): \(query.text) → \(text)"
                )
            }
        }
    }
}
