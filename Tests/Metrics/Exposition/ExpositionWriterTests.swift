import Metrics
import Testing

@Suite struct ExpositionWriterTests {
    private static let requests = MetricFamily(
        FamilyMetadata(
            name: "http_seconds",
            type: .histogram,
            help: "How long \"requests\"\ntake \\.",
            unit: "seconds"
        ),
        samples: [
            .init(
                Labels(name: "http_seconds_bucket", [Label("le", "0.5"), Label("path", "a\"b\\c\nd")]),
                17,
                exemplar: Exemplar(
                    labels: ["trace": "x\"y"],
                    value: 0.25,
                    timestamp: Timestamp(milliseconds: 1_520_879_607_789)
                )
            ),
            .init(Labels(name: "http_seconds_sum"), 1e21, timestamp: Timestamp(milliseconds: 1_000)),
            .init(Labels(name: "http_seconds_count"), .infinity),
        ]
    )
    private static let odd = MetricFamily(
        FamilyMetadata(name: "grün.dB", type: .gauge),
        samples: [.init(Labels(name: "grün.dB", [Label("a b", "ä")]), -.infinity), .init(Labels(name: "grün.dB"), 0.1)]
    )

    @Test func `OpenMetrics is written with units, exemplars and the end marker`() {
        let text = String(decoding: ExpositionWriter.write([Self.requests, Self.odd], as: .openMetrics), as: UTF8.self)
        #expect(
            text == #"""
                # HELP http_seconds How long \"requests\"\ntake \\.
                # TYPE http_seconds histogram
                # UNIT http_seconds seconds
                http_seconds_bucket{le="0.5",path="a\"b\\c\nd"} 17.0 # {trace="x\"y"} 0.25 1520879607.789
                http_seconds_sum 1e+21 1
                http_seconds_count +Inf
                # TYPE "grün.dB" gauge
                {"grün.dB","a b"="ä"} -Inf
                {"grün.dB"} 0.1
                # EOF

                """#
        )
    }

    @Test func `Prometheus text is written without what it does not know`() {
        let text = String(decoding: ExpositionWriter.write([Self.requests], as: .text), as: UTF8.self)
        #expect(
            text == #"""
                # HELP http_seconds How long "requests"\ntake \\.
                # TYPE http_seconds histogram
                http_seconds_bucket{le="0.5",path="a\"b\\c\nd"} 17
                http_seconds_sum 1e+21 1000
                http_seconds_count +Inf

                """#
        )
    }

    @Test func `A type that the text format lacks is written as untyped`() throws {
        let info = MetricFamily(
            FamilyMetadata(name: "build", type: .info),
            samples: [.init(Labels(name: "build_info"), 1)]
        )
        let text = String(decoding: ExpositionWriter.write([info], as: .text), as: UTF8.self)
        #expect(text == "# TYPE build untyped\nbuild_info 1\n")
    }

    @Test(arguments: ExpositionFormat.allCases)
    func `What is written is read back`(format: ExpositionFormat) throws {
        var random = SplitMix(state: 11)
        for _ in 0..<200 {
            let families = random.families(for: format)
            let bytes = ExpositionWriter.write(families, as: format)
            let read = try Exposition.families(bytes.span, format: format, unifiesBounds: false)
            #expect(read == families, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test func `Families gather the samples that belong to them`() throws {
        let text = """
            # TYPE a histogram
            # HELP a First.
            a_bucket{le="+Inf"} 1
            b_total 2
            a_sum 3
            # TYPE c counter
            c_total 4
            a_other 5
            """
        let families = try Exposition.families(text, format: .text)
        #expect(families.map(\.metadata.name) == ["a", "b_total", "c", "a_other"])
        #expect(families[0].samples.map(\.value) == [1, 3])
        #expect(families[0].metadata == FamilyMetadata(name: "a", type: .histogram, help: "First."))
    }
}

@Suite struct ExpositionFuzzTests {
    @Test func `Arbitrary bytes never crash a parser, and errors lie inside the body`() {
        var random = SplitMix(state: 3)
        let pieces = [
            "a", "{", "}", "\"", "=", ",", " ", "\n", "1", ".5", "e9", "# HELP ", "# TYPE ", "# UNIT ", "# EOF",
            "counter",
            "\\", "\0", "\u{ff}", "NaN", "_b", "# {", "a{b=\"c\"} 1\n", "le", "histogram\n",
        ]
        for _ in 0..<4_000 {
            var bytes: [UInt8] = []
            for _ in 0..<random.next() % 16 {
                bytes += Array(pieces[Int(random.next() % UInt64(pieces.count))].utf8)
                if random.next() % 16 == 0 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
            }
            for format in ExpositionFormat.allCases {
                do {
                    _ = try Exposition.families(bytes.span, format: format)
                } catch {
                    #expect(error.offset <= bytes.count && error.line >= 1 && error.column >= 1)
                }
            }
            _ = try? MetricsLint.check(bytes)
            _ = try? OpenMetricsHistory.read(bytes.span)
        }
    }
}

extension SplitMix {
    /// Families as a parser returns them, with everything in them that the format can say.
    mutating func families(for format: ExpositionFormat) -> [MetricFamily] {
        (0..<Int(next() % 4)).map { number in
            let name = "m\(number)" + text()
            let types: [MetricType] = format == .text ? [.unknown, .counter, .gauge, .summary] : MetricType.allCases
            let help = next() % 2 == 0 ? "x" + text() : nil
            var family = MetricFamily(
                FamilyMetadata(name: name, type: types[Int(next() % UInt64(types.count))], help: help)
            )
            for sample in 0..<Int(next() % 4) {
                family.samples.append(
                    self.sample(Labels(name: name, [Label("n", String(sample)), Label("l" + text(), text())]), format)
                )
            }
            return family
        }
    }

    private mutating func sample(_ labels: Labels, _ format: ExpositionFormat) -> MetricFamily.Sample {
        let value = Double(Int64(bitPattern: next()) >> Int64(next() % 64)) / Double(1 << (next() % 40))
        var sample = MetricFamily.Sample(labels, value)
        if next() % 3 == 0 { sample.timestamp = Timestamp(milliseconds: Int64(next() % 4_000_000_000_000)) }
        if next() % 3 == 0 && format == .openMetrics {
            sample.exemplar = Exemplar(labels: Labels([Label("e" + text(), "v" + text())]), value: value / 2)
        }
        return sample
    }

    private mutating func text() -> String {
        let pieces = [
            "", "", "", "a", " ", "\"", "\\", "\n", "ä", "😀", ".", "{", "}", "=", ",", "#", "\t", "\\n", "\r",
        ]
        return (0..<Int(next() % 5)).map { _ in pieces[Int(next() % UInt64(pieces.count))] }.joined()
    }
}
