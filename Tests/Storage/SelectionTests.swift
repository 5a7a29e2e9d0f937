import Metrics
import Storage
import Testing

@Suite struct SelectionTests {
    static let matchers: [LabelMatcher] = {
        var result: [LabelMatcher] = []
        for (name, operation, value) in [
            ("__name__", LabelMatcher.Operation.equal, "up"), ("__name__", .equal, "nothing"),
            ("__name__", .notEqual, "up"),
            ("__name__", .matches, "up|requests"), ("__name__", .matches, "re.*"), ("__name__", .matches, ".+"),
            ("__name__", .notMatches, "re.+"), ("job", .equal, "api"), ("job", .equal, ""), ("job", .notEqual, ""),
            ("job", .notEqual, "api"), ("job", .matches, "api|web"), ("job", .matches, "api|"), ("job", .matches, ".*"),
            ("job", .matches, ".+"), ("job", .matches, "[aw].*"), ("job", .matches, "a.+"), ("job", .matches, "a.*"),
            ("job", .notMatches, "api|web"), ("job", .notMatches, "api|"), ("job", .notMatches, ".*"),
            ("job", .notMatches, ".+"), ("job", .notMatches, "[aw].*"), ("job", .notMatches, "api.*"),
            ("le", .matches, "0\\.[0-9]+"), ("le", .notEqual, "+Inf"), ("absent", .equal, ""), ("absent", .equal, "x"),
            ("absent", .notEqual, "x"), ("absent", .matches, "x?"), ("absent", .notMatches, ".+"),
            ("job", .matches, "api|api"),
        ] {
            if let matcher = try? LabelMatcher(name, operation, value) { result.append(matcher) }
        }
        return result
    }()

    static func randomLabels(_ random: inout SeededGenerator) -> Labels {
        var labels: [Label] = []
        let choices: [(String, [String])] = [
            ("__name__", ["up", "requests", "re", "request_seconds_bucket", ""]),
            ("job", ["", "api", "web", "apis", "a", "db"]),
            ("instance", ["", "a:1", "b:1", "c:1", "d:1"]), ("le", ["", "0.1", "0.5", "1", "+Inf"]),
            ("e\u{301}", ["", "\u{e9}", "e\u{301}"]),
        ]
        for (name, values) in choices { labels.append(Label(name, values.randomElement(using: &random)!)) }
        return Labels(labels)
    }

    @Test func `Any matchers select what a naive filter selects`() throws {
        var random = SeededGenerator(3)
        let store = SampleStore()
        var all: Set<Labels> = []
        for time in 0..<250 {
            let labels = Self.randomLabels(&random)
            all.insert(labels)
            try store.append(labels, Timestamp(rawValue: Int64(time)), 1)
        }
        for trial in 0..<250 {
            let matchers =
                trial < Self.matchers.count
                ? [Self.matchers[trial]]
                : (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.matchers.randomElement(using: &random)! }
            let expected = Set(all.filter { labels in matchers.allSatisfy { $0.matches(labels) } })
            let (found, ids, names, values) = store.readIndex { index in
                let ids = index.select(matchers)
                return (
                    ids.map { index.labels(of: $0) }, ids, index.labelNames(matching: matchers),
                    index.labelValues(of: "job", matching: matchers)
                )
            }
            #expect(ids == ids.sorted())
            #expect(found.count == expected.count, "\(matchers)")
            #expect(Set(found) == expected, "\(matchers)")
            #expect(names.count == Set(expected.flatMap { $0.map { Array($0.name.utf8) } }).count)
            #expect(Set(values) == Set(expected.compactMap { $0["job"] }))
        }
    }

    @Test func `Symbols are equal exactly when values are`() throws {
        let store = SampleStore()
        for (index, job) in ["a", "b", "a", ""].enumerated() {
            try store.append(Labels(name: "m\(index)", [Label("job", job)]), .epoch, 1)
        }
        store.readIndex { index in
            let ids = index.select([])
            #expect(ids.count == 4)
            guard let job = index.symbol(of: "job") else {
                Issue.record("no symbol")
                return
            }
            let symbols = ids.map { index.value(of: job, in: $0) }
            #expect(symbols[0] == symbols[2])
            #expect(symbols[0] != symbols[1])
            #expect(symbols[3] == .absent)
            #expect(index.text(of: symbols[1]) == "b")
            #expect(index.text(of: job) == "job")
            #expect(index.text(of: .absent) == "")
            #expect(index.symbol(of: "nothing") == nil)
        }
    }

    @Test func `A generation changes with the series of its metric only`() throws {
        let store = SampleStore()
        let up = [try LabelMatcher("__name__", .equal, "up"), try LabelMatcher("job", .equal, "a")]
        let every = [try LabelMatcher("job", .matches, ".*")]
        func generations() -> [UInt64] { store.readIndex { [$0.generation(for: up), $0.generation(for: every)] } }
        let none = generations()
        try store.append(Labels(name: "up"), .epoch, 1)
        let first = generations()
        #expect(first[0] != none[0] && first[1] != none[1])
        try store.append(Labels(name: "other"), .epoch, 1)
        let second = generations()
        #expect(second[0] == first[0] && second[1] != first[1])
        store.dropSamples(before: Timestamp(rawValue: 1))
        let third = generations()
        #expect(third[0] != second[0] && third[1] != second[1])
        try store.append(Labels(name: "up"), .epoch, 1)
        #expect(generations()[0] != second[0] && generations()[0] != third[0])
    }
}
