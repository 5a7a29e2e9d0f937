import Metrics
import Testing

/// A target whose scrapes are read by a memory, with slots given out in the order of first sight.
struct RememberedTarget {
    var memory = ScrapeMemory()
    var body = ScrapeBody()
    var slots: [Labels: Int] = [:]
    var dropped: Set<String> = []
    var asked = 0
    var format = ExpositionFormat.text
    /// Where the body is cut into pieces as it arrives; nil for a body that is there as a whole.
    var cuts: SplitMix?
    /// The most that had to wait for more.
    var kept = 0

    mutating func scrape(_ text: String) throws(ExpositionError) -> ScrapeReport {
        try scrape(Array(text.utf8))
    }

    mutating func scrape(_ bytes: [UInt8]) throws(ExpositionError) -> ScrapeReport {
        body.removeAll()
        memory.begin(as: format)
        arrive(bytes[...])
        var (slots, asked) = (slots, 0)
        defer { (self.slots, self.asked) = (slots, asked) }
        return try memory.end(with: &body) { [dropped] parser in
            asked += 1
            let labels = parser.labels
            if dropped.contains(labels.metricName ?? "") { return nil }
            let slot = slots[labels] ?? slots.count
            slots[labels] = slot
            return slot
        }
    }

    private mutating func arrive(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        kept = 0
        while !rest.isEmpty {
            let count = cuts == nil ? rest.count : Int(cuts!.next() % 40) + 1
            let piece = Array(rest.prefix(count))
            let fits = cuts == nil ? body.append(piece.span) : memory.take(piece.span, rest: &body)
            #expect(fits)
            kept = max(kept, body.count)
            rest = rest.dropFirst(count)
        }
    }

    /// The values of the last scrape, and the samples that came with their own time.
    var values: [String: String] {
        var result: [String: String] = [:]
        for (labels, slot) in slots where slot < memory.row.count && !memory.row[slot].isAbsent {
            let value = memory.row[slot]
            result[labels.description] = value.isStaleMarker ? "stale" : Number.plain(value)
        }
        for sample in memory.timedSamples {
            guard let labels = slots.first(where: { $0.value == sample.slot })?.key else { continue }
            result[labels.description] = "\(Number.plain(sample.value)) @\(sample.timestamp.rawValue)"
        }
        return result
    }
}

@Suite struct ScrapeMemoryTests {
    @Test func `The first scrape asks for every series`() throws {
        var target = RememberedTarget()
        let report = try target.scrape("# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 2\nb 3")
        #expect(target.values == ["a{x=\"1\"}": "1", "a{x=\"2\"}": "2", "b": "3"])
        #expect(report == ScrapeReport(samples: 3, kept: 3, added: 3, coldLines: 3, changedLines: 3))
    }

    @Test func `A repeated scrape asks for nothing and reads only what changed`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1\nb 2\nc 3\n")
        let report = try target.scrape("a 1\nb 22\nc 3\n")
        #expect(target.asked == 0)
        #expect(target.values == ["a": "1", "b": "22", "c": "3"])
        #expect(report == ScrapeReport(samples: 3, kept: 3, changedLines: 1))
        _ = try target.scrape("a 1\nb 2\nc -Inf\n")
        #expect(target.asked == 0)
        #expect(target.values == ["a": "1", "b": "2", "c": "-Inf"])
    }

    @Test func `Lines that come, go and move are found again`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1\nb 2\nc 3\nd 4\n")
        var report = try target.scrape("a 1\nnew 9\nb 2\nc 3\nd 5\n")
        #expect(target.asked == 1)
        #expect(report.added == 1 && report.coldLines == 1 && report.vanished == 0)
        #expect(target.values == ["a": "1", "b": "2", "c": "3", "d": "5", "new": "9"])
        report = try target.scrape("d 6\nc 3\na 2\n")
        #expect(target.asked == 0)
        #expect(report.vanished == 2 && report.added == 0)
        #expect(target.values == ["a": "2", "c": "3", "d": "6", "b": "stale", "new": "stale"])
        report = try target.scrape("d 6\nc 3\na 2\n")
        #expect(target.values == ["a": "2", "c": "3", "d": "6"])
        #expect(report == ScrapeReport(samples: 3, kept: 3))
    }

    @Test func `A series that comes back is asked for again`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1\nb 2\n")
        _ = try target.scrape("a 1\n")
        let report = try target.scrape("a 1\nb 3\n")
        #expect(target.asked == 1 && report.added == 1)
        #expect(target.values == ["a": "1", "b": "3"])
    }

    @Test func `Of two lines for one series the first counts`() throws {
        var target = RememberedTarget()
        var report = try target.scrape("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 2\n")
        #expect(report.duplicates == 1 && report.kept == 1 && report.samples == 2)
        report = try target.scrape("a{x=\"1\",y=\"2\"} 3\na{y=\"2\",x=\"1\"} 4\n")
        #expect(target.values == [#"a{x="1", y="2"}"#: "3"] && report.duplicates == 1)
        report = try target.scrape("a{y=\"2\",x=\"1\"} 4\n")
        #expect(target.values == [#"a{x="1", y="2"}"#: "4"])
        #expect(report.duplicates == 0 && report.vanished == 0 && report.added == 0)
    }

    @Test func `A dropped line is checked and not kept`() throws {
        var target = RememberedTarget()
        target.dropped = ["b"]
        var report = try target.scrape("a 1\nb 2\n")
        #expect(report.samples == 2 && report.kept == 1)
        report = try target.scrape("a 1\nb 3\n")
        #expect(target.asked == 0 && target.values == ["a": "1"])
        #expect(throws: ExpositionError.self) { try target.scrape("a 1\nb x\n") }
    }

    @Test func `A sample with its own time is told apart from the frame`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1 1000\nb 2\n")
        #expect(target.values == ["a": "1 @1000", "b": "2"])
        _ = try target.scrape("a 1 2000\nb 2 2000\n")
        #expect(target.asked == 0 && target.values == ["a": "1 @2000", "b": "2 @2000"])
        _ = try target.scrape("a 1 2000\nb 3\n")
        #expect(target.values == ["b": "3"])
        let report = try target.scrape("b 3\n")
        #expect(report.vanished == 1 && target.values == ["b": "3"])
    }

    @Test func `A sample that repeats its time is left out though other lines come and go`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1 1000\nb 2\n")
        _ = try target.scrape("new 1\na 1 1000\nb 2\n")
        #expect(target.values == ["new": "1", "b": "2"])
        _ = try target.scrape("b 2\n")
        _ = try target.scrape("a 1 1000\nb 2\n")
        #expect(target.values == ["a": "1 @1000", "b": "2"])
        _ = try target.scrape("a 1\nb 2\n")
        _ = try target.scrape("a 1 1000\nb 2\n")
        #expect(target.values == ["a": "1 @1000", "b": "2"])
    }

    @Test func `Times are left out of account on request`() throws {
        var target = RememberedTarget()
        target.memory = ScrapeMemory(honorsTimestamps: false)
        _ = try target.scrape("a 1 1000\n")
        _ = try target.scrape("a 2 2000\n")
        #expect(target.values == ["a": "2"])
    }

    @Test func `A refused scrape ends all series, and the next one is fine`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1\nb 2\n")
        let error = #expect(throws: ExpositionError.self) { try target.scrape("a 5\nb x\n") }
        #expect(error?.line == 2 && error?.column == 3)
        #expect(target.values == ["a": "stale", "b": "stale"])
        let report = try target.scrape("a 6\n")
        #expect(target.values == ["a": "6"] && report.added == 1)
    }

    @Test func `A scrape that never arrived ends all series`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1\nb 2 7\n")
        target.memory.fail()
        #expect(target.values == ["a": "stale"] && target.memory.vanished.count == 2)
        target.memory.fail()
        #expect(target.values == [:])
    }

    @Test func `Another type for the same lines makes other series of bounds`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("# TYPE h gauge\nh_bucket{le=\"1\"} 5\nz 1\n")
        _ = try target.scrape("# TYPE h histogram\nh_bucket{le=\"1\"} 5\nz 1\n")
        #expect(target.values == ["h_bucket{le=\"1.0\"}": "5", "h_bucket{le=\"1\"}": "stale", "z": "1"])
    }

    @Test(arguments: [
        ("a-1\n", "a5-1\n", ["a5": "-1", "a": "stale"]), ("a-1\n", "a5 7\n", ["a5": "7", "a": "stale"]),
        ("a 1\n", "a {x=\"y\"} 2\n", [#"a{x="y"}"#: "2", "a": "stale"]), ("a 1\n", "a  2 \n", ["a": "2"]),
        ("a 1", "a 12", ["a": "12"]), ("a 12", "a 1", ["a": "1"]), ("a 1\n\n\n", "a 1\n", ["a": "1"]),
        ("a 1", "a 1\n\n# b\n", ["a": "1"]), ("a{b=\"c\"}1\n", "a{b=\"c\"}2\n", ["a{b=\"c\"}": "2"]),
        ("", "a 1", ["a": "1"]),
        ("a 1", "", ["a": "stale"]),
    ])
    func `A line is taken for the same only where it is`(before: String, after: String, values: [String: String]) throws
    {
        var target = RememberedTarget()
        _ = try target.scrape(before)
        _ = try target.scrape(after)
        #expect(target.values == values)
    }

    @Test func `The format may change from one scrape to the next`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1\n")
        target.format = .openMetrics
        _ = try target.scrape("a 2 # {} 1\n# EOF\n")
        _ = try target.scrape("a 3 # {x=\"y\"} 4 5\n# EOF\n")
        #expect(target.values == ["a": "3"] && target.asked == 0)
        #expect(throws: ExpositionError.self) { try target.scrape("a 3 # {x=\"y\"} 4 5\n") }
    }

    @Test func `An empty body is refused where the format demands an end, whatever came before`() throws {
        for bodies in [[""], ["# EOF\n", ""], ["a 1\n# EOF\n", "broken", ""]] {
            var memory = ScrapeMemory()
            let outcomes = bodies.map { text -> Bool in
                var body = ScrapeBody()
                _ = body.append(Array(text.utf8).span)
                memory.begin(as: .openMetrics)
                return (try? memory.end(with: &body) { _ in 0 }) != nil
            }
            #expect(outcomes.last == false, "\(bodies)")
        }
    }

    @Test func `A body beyond its limit is refused`() {
        var body = ScrapeBody(limit: 4)
        let (small, large): ([UInt8], [UInt8]) = ([1, 2], [1, 2, 3])
        let answers = [body.append(large.span), body.append(small.span)]
        #expect(answers == [true, false] && body.count == 3)
    }

    @Test func `Metadata is told from the last body`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("# HELP a x\\ny\n# TYPE a counter\na 1\n")
        #expect(target.memory.metadata() == [FamilyMetadata(name: "a", type: .counter, help: "x\ny")])
    }

    @Test func `Metadata follows lines that come, go and move`() throws {
        var target = RememberedTarget()
        let (first, second) = ("# HELP a x\n# TYPE a gauge\na 1\n", "# a remark\n# TYPE b counter\nb 2\n")
        _ = try target.scrape(first + second)
        _ = try target.scrape(second + "c 1\n" + first)
        let (a, b) = (FamilyMetadata(name: "a", type: .gauge, help: "x"), FamilyMetadata(name: "b", type: .counter))
        #expect(target.memory.metadata() == [b, a])
        _ = try target.scrape(second + "c 1\n")
        #expect(target.memory.metadata() == [b])
        target.format = .openMetrics
        _ = try target.scrape("# TYPE s counter\n# UNIT s_seconds seconds\ns_seconds_total 1\n# EOF\n")
        #expect(target.memory.metadata().map(\.name) == ["s", "s_seconds"])
        #expect(target.memory.metadata().last?.unit == "seconds")
        target.memory.fail()
        #expect(target.memory.metadata() == [])
    }

    @Test func `A line of many bytes is read all the same`() throws {
        var target = RememberedTarget()
        let long = "a{x=\"\(String(repeating: "y", count: 5_000))\"}"
        for value in 1...3 { _ = try target.scrape("\(long) \(value)\nb \(value)\n") }
        #expect(target.asked == 0 && target.slots.count == 2 && Set(target.values.values) == ["3"])
        let other = "a{x=\"\(String(repeating: "y", count: 4_999))z\"}"
        _ = try target.scrape("\(other) 4\nb 4\n")
        #expect(target.asked == 1 && target.slots.count == 3)
    }

    @Test func `Of a body that arrives in pieces only what has to wait for more is kept`() throws {
        var target = RememberedTarget()
        target.cuts = SplitMix(state: 5)
        func text(_ value: Int) -> String { (0..<100).map { "m{l=\"\($0)\"} \(value)\n" }.joined() }
        _ = try target.scrape(text(1))
        #expect(target.kept > 1_000)
        let report = try target.scrape(text(2))
        #expect(target.kept < 60 && target.asked == 0 && report.changedLines == 100)
        #expect(target.values["m{l=\"42\"}"] == "2")
    }

    @Test func `A body that breaks off ends all series, also those that were read`() throws {
        var target = RememberedTarget()
        _ = try target.scrape("a 1\nb 2\n")
        target.memory.begin(as: .text)
        var rest = ScrapeBody()
        let fits = target.memory.take(Array("a 5\nb".utf8).span, rest: &rest)
        #expect(fits && rest.count == 1)
        target.memory.fail()
        #expect(target.values == ["a": "stale", "b": "stale"])
        _ = try target.scrape("a 1\nb 2\n")
        #expect(target.values == ["a": "1", "b": "2"])
    }

    @Test func `What is wrong in a body is told where it is, though what stands before it is not kept`() throws {
        var target = RememberedTarget()
        target.cuts = SplitMix(state: 7)
        let lines = "\n\n# HELP a Some.\n\na 1\n\n\nb 2\n"
        _ = try target.scrape(lines)
        for piece in 0..<20 {
            var target = target
            target.cuts = SplitMix(state: UInt64(piece))
            var whole = RememberedTarget()
            let bad = Array((lines + "c{ 3\n").utf8)
            let (expected, error) = (Result { try whole.scrape(bad) }, Result { try target.scrape(bad) })
            #expect(expected.failure == error.failure && error.failure?.line == 9)
        }
    }

    @Test func `Whatever happens to a scrape, the memory agrees with a fresh reading`() throws {
        var random = SplitMix(state: 7)
        for round in 0..<120 {
            var target = RememberedTarget()
            if round % 2 == 1 { target.cuts = SplitMix(state: UInt64(round)) }
            var lines = (0..<Int(random.next() % 12)).map {
                "m\($0){l=\"\(random.next() % 3)\"} \(random.next() % 100)"
            }
            for _ in 0..<12 {
                mutate(&lines, &random)
                let text = lines.joined(separator: "\n") + (random.next() % 3 == 0 ? "" : "\n")
                agree(&target, on: Array(text.utf8), "round \(round): \(text.debugDescription)")
            }
        }
    }

    /// Reads the body with a fresh memory too and compares what both have learnt.
    private func agree(_ target: inout RememberedTarget, on bytes: [UInt8], _ comment: Comment) {
        var fresh = RememberedTarget()
        let expected = Result { try fresh.scrape(bytes) }
        let result = Result { try target.scrape(bytes) }
        switch (expected, result) {
        case (.success(let expected), .success(let report)):
            #expect(
                fresh.values.filter { $0.value != "stale" } == target.values.filter { $0.value != "stale" },
                comment
            )
            #expect(expected.samples == report.samples && expected.kept == report.kept, comment)
        case (.failure(let expected), .failure(let error)):
            #expect(expected as? ExpositionError == error as? ExpositionError, comment)
        default: Issue.record("one refuses and the other does not: \(comment)")
        }
    }

    private func mutate(_ lines: inout [String], _ random: inout SplitMix) {
        for _ in 0..<random.next() % 4 {
            let place = lines.isEmpty ? 0 : Int(random.next() % UInt64(lines.count))
            switch random.next() % 9 {
            case 0: lines.insert("n\(random.next() % 5) \(random.next() % 1000)", at: place)
            case 1 where !lines.isEmpty: lines.remove(at: place)
            case 2 where !lines.isEmpty: lines.swapAt(0, place)
            case 3: lines.insert("# TYPE m\(random.next() % 3) histogram", at: place)
            case 4: lines.insert("m_bucket{le=\"\(random.next() % 3)\"} 4", at: place)
            case 5: lines.insert(random.next() % 8 == 0 ? "broken{" : "# comment", at: place)
            default:
                guard !lines.isEmpty, let blank = lines[place].lastIndex(of: " ") else { break }
                lines[place] = "\(lines[place][...blank])\(random.next() % 200)"
            }
        }
    }
}

extension Result {
    fileprivate var failure: ExpositionError? {
        if case .failure(let error) = self { error as? ExpositionError } else { nil }
    }
}
