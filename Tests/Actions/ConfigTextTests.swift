import Playbooks
import Testing

@testable import Actions

@Suite struct ConfigTextTests {
    private func set(_ text: String, _ path: String, _ value: ArgumentValue, as name: String) throws -> String {
        let bytes = try ConfigText(Array(text.utf8), path: name, format: nil).setting(path, to: value)
        return String(decoding: bytes, as: UTF8.self)
    }

    static let collector = """
        # An OpenTelemetry collector, as people keep it.
        receivers:
          otlp:
            protocols: {grpc: {endpoint: "0.0.0.0:4317"}}   # both
        processors:
          probabilistic_sampler:
            sampling_percentage: 100     # lowered in a storm
            hash_seed: 22
          batch:
            send_batch_size: 8192
            timeout: 200ms\r
        service:
          pipelines:
            traces: {receivers: [otlp], processors: [probabilistic_sampler, batch], exporters: [otlp]}

        """

    @Test func `YAML keeps every other byte`() throws {
        let edited = try set(Self.collector, "processors.probabilistic_sampler.sampling_percentage", 12.5, as: "c.yaml")
        #expect(edited == Self.collector.replacing("sampling_percentage: 100 ", with: "sampling_percentage: 12.5 "))
        let text = try set(Self.collector, "processors.batch.timeout", "1s", as: "c.yml")
        #expect(text == Self.collector.replacing("timeout: 200ms", with: "timeout: 1s"))
    }

    @Test func `A number from a template stays a number`() throws {
        #expect(try set("a: 5\nb: '5'\n", "a", "7", as: "x.yml") == "a: 7\nb: '5'\n")
        #expect(try set("a: 5\nb: '5'\n", "b", 7, as: "x.yml") == "a: 5\nb: '7'\n")
    }

    static let json = "{ \"a\" : [1,2, {\"b\\\"c\":\"x,}\"}],\t\"n\": 1.50 ,\"f\":false,\n \"n\":2}\n"

    @Test func `JSON keeps every other byte`() throws {
        #expect(
            try set(Self.json, "a[2][\"b\\\"c\"]", "y\"\n", as: "x.json")
                == Self.json.replacing("x,}", with: "y\\\"\\n")
        )
        #expect(try set(Self.json, "a[1]", 7, as: "x.json") == Self.json.replacing("1,2,", with: "1,7,"))
        #expect(try set(Self.json, "f", true, as: "x.json") == Self.json.replacing("false", with: "true"))
    }

    @Test func `Of a repeated name in JSON the last is set, as readers take it`() throws {
        let repeated = "{\"n\":1,\"n\":2}"
        #expect(try set(repeated, "n", 3, as: "x.json") == "{\"n\":1,\"n\":3}")
    }

    static let environment =
        "# rate\nexport A=1\nOTEL_TRACES_SAMPLER_ARG=\"1.0\"\r\n#OTEL_TRACES_SAMPLER_ARG=2\n A = x\nB='a b'\n"

    @Test func `KEY=VALUE text keeps every other byte`() throws {
        #expect(
            try set(Self.environment, "OTEL_TRACES_SAMPLER_ARG", "0.5", as: "env")
                == Self.environment.replacing("\"1.0\"", with: "\"0.5\"")
        )
        #expect(try set(Self.environment, "A", 2, as: "env") == Self.environment.replacing("A=1", with: "A=2"))
        #expect(
            try set(Self.environment, "B", "c;d $x", as: "env") == Self.environment.replacing("a b", with: "c;d $x")
        )
    }

    @Test(arguments: Hostile.texts) func `A hostile value reads back as one value, or nothing is changed`(value: String)
        throws
    {
        for (name, text, path) in [
            ("x.yml", "a: b\nc: d\n", "a"), ("x.json", "{\"a\":\"b\",\"c\":\"d\"}", "a"), ("env", "A=b\nC=d\n", "A"),
        ] {
            let other = path == "a" ? "c" : "C"
            guard let edited = try? set(text, path, .text(value), as: name) else { continue }
            let read = ConfigText(Array(edited.utf8), path: name, format: nil)
            #expect(try read.value(at: path).text.utf8.elementsEqual(value.utf8), "\(name)")
            #expect(try read.value(at: other).text == "d", "\(name)")
        }
    }

    @Test(arguments: [
        ("x.yml", "a: [1]", "a"), ("x.yml", "a: 1", "b"), ("x.yml", "a: [", "a"), ("x.json", "{", "a"),
        ("x.json", "{}", "a"),
        ("x.json", "[1]", "[1]"), ("x.json", "{\"a\":{}}", "a"), ("env", "A=1", "B"), ("env", "A='x", "A"),
        ("env", "A=x\\", "A"),
        ("env", "A=1", "A=1;B"), ("x.yml", "a: 1", ""), ("x.yml", "\u{0}", "a"),
    ])
    func `What cannot be set is told and not guessed`(name: String, text: String, path: String) {
        #expect(throws: DeedFailure.self) { try set(text, path, 1, as: name) }
    }

    @Test(arguments: [
        ("200ms", 0.5, "100ms"), ("8192", 0.8, "6554"), ("0.25", 0.5, "0.125"), ("512MiB", 2, "1024MiB"),
        ("50%", 0.5, "25%"),
    ])
    func `A computed value keeps its unit`(text: String, factor: Double, result: String) throws {
        let number = try #require(BoundedNumber(text))
        #expect(number.written(number.value * factor, spreads: false) == result)
    }

    @Test(arguments: ["", "ms", "1 s", "1;2", "--1", "nan", "0x10z!"])
    func `What is no number is none`(text: String) {
        #expect(BoundedNumber(text) == nil)
    }
}
