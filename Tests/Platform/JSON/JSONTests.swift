import JSON
import Testing

@Suite struct JSONParserTests {
    static let values: [(String, JSONValue)] = [
        ("null", .null), (" true\n", true), ("false", false), ("0", 0), ("-0", .number(-0.0)), ("42", 42),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", 9223372036854775808.0), ("1.5", 1.5),
        ("1e3", 1000.0), ("1E-2", 0.01), ("-1.25e+2", -125.0), (#""""#, ""),
        (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
        (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\ude00""#, "😀"), ("\"é😀\"", "é😀"), ("[]", []), ("[ 1 , 2 ]", [1, 2]),
        ("{}", [:]), (#"{"a":{"b":[true,null]},"c":""}"#, ["a": ["b": [true, .null]], "c": ""]),
    ]

    @Test(arguments: values)
    func `A text is read as the value it stands for`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    static let malformed: [(String, String)] = [
        ("", "1:1: a value was expected, but the text ends"),
        ("  ", "1:3: a value was expected, but the text ends"),
        ("nul", "1:4: null was expected, but the text ends"),
        ("trze", #"1:3: true was expected, found "z""#),
        ("1 2", "1:3: the text should end after its one value"),
        ("01", "1:1: malformed number"),
        ("-", "1:1: malformed number"),
        ("1.", "1:1: malformed number"),
        ("1e", "1:1: malformed number"),
        (".5", #"1:1: a value was expected, found ".""#),
        ("+1", #"1:1: a value was expected, found "+""#),
        ("1e999", "1:1: the number is larger than a 64-bit floating point number can be"),
        ("NaN", #"1:1: a value was expected, found "N""#),
        ("[1,]", #"1:4: a value was expected, found "]""#),
        ("[1 2]", #"1:4: a comma or the end of the array was expected, found "2""#),
        ("{a:1}", #"1:2: a name in double quotes was expected, found "a""#),
        (#"{"a" 1}"#, #"1:6: a colon was expected, found "1""#),
        (#"{"a":1,}"#, #"1:8: a name in double quotes was expected, found "}""#),
        ("{\"a\":1,\n \"é\":2 x}", #"2:8: a comma or the end of the object was expected, found "x""#),
        (#"{"a":1,"a":2}"#, #"1:8: the name "a" stands twice in one object"#),
        ("\"a\nb\"", "1:3: a control character in a string must be written as an escape"),
        (#""abc"#, "1:5: the end of the string was expected, but the text ends"),
        (#""\x""#, #"1:2: unknown escape in a string; known are \" \\ \/ \b \f \n \r \t and \uXXXX"#),
        (#""\u12g4""#, #"1:6: a hexadecimal digit was expected, found "g""#),
        (#""\ud83d""#, "1:2: half of a surrogate pair in a string"),
        (#""\ud83d\u0041""#, "1:2: half of a surrogate pair in a string"),
        (#""\ude00""#, "1:2: half of a surrogate pair in a string"),
    ]

    @Test(arguments: malformed)
    func `A malformed text is refused with its place`(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.description == message)
    }

    @Test func `Bytes that are not UTF-8 are refused where they stand`() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0x61, 0xC3, 0x28, 0x22]) }
        #expect(error?.kind == .malformedUTF8)
        #expect(error?.offset == 2)
    }

    @Test func `Nesting is taken to the limit and no further`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(JSONValue.depthLimit))
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: nested(JSONValue.depthLimit + 1)) }
        #expect(error?.kind == .tooDeep(limit: JSONValue.depthLimit))
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 1_000_000)) }
    }

    @Test func `Repeated names are refused among many, or the last one counts`() throws {
        let many = (0..<40).map { "\"n\($0)\":\($0)" }.joined(separator: ",")
        #expect(throws: JSONError.self) { try JSONValue(parsing: "{\(many),\"n7\":0}") }
        let lenient = try JSONValue(parsing: "{\(many),\"n7\":0}", repeatedNames: .lastCounts)
        #expect(lenient["n7"] == 0)
    }

    @Test func `Names are told apart by their bytes`() throws {
        // The letter as one character, and composed of two.
        let value = try JSONValue(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{e9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }
}

@Suite struct JSONWriterTests {
    @Test func `What is written piece by piece is one valid text`() throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("status", "suc\"cess\n\u{1}é")
            writer.member("count", 3)
            writer.member("data") { writer in
                writer.array { writer in
                    writer.number(written: "1435781451.781")
                    writer.value(0.5)
                    writer.value(2.0)
                    writer.value(Double.infinity)
                    writer.array { _ in }
                    writer.object { _ in }
                    writer.null()
                }
            }
            writer.member("last", true)
        }
        let text =
            #"{"status":"suc\"cess\n\u0001é","count":3,"data":[1435781451.781,0.5,2,null,[],{},null],"last":true}"#
        #expect(writer.text == text)
    }

    @Test func `Indented text has one member a line`() {
        var writer = JSONWriter(indentation: 2)
        writer.value(["a": [1, ["b": .null]], "c": [], "d": [:]])
        let text = """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "c": [],
              "d": {}
            }
            """
        #expect(writer.text == text)
    }

    @Test func `Taken bytes join into the whole text`() {
        var writer = JSONWriter()
        var pieces: [UInt8] = []
        writer.array { writer in
            for number in 0..<5 {
                writer.value(number)
                pieces += writer.takeBytes()
            }
        }
        pieces += writer.takeBytes()
        #expect(String(decoding: pieces, as: UTF8.self) == "[0,1,2,3,4]")
    }

    @Test func `Random trees read back as they were written`() throws {
        var generator = SplitMix(state: 20_26)
        for _ in 0..<2_000 {
            let tree = randomTree(depth: 4, using: &generator)
            #expect(try JSONValue(parsing: tree.description) == tree)
            var writer = JSONWriter(indentation: 3)
            writer.value(tree)
            #expect(try JSONValue(parsing: writer.bytes) == tree)
        }
    }

    private func randomTree(depth: Int, using generator: inout SplitMix) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3:
            let value = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &generator))
            // A whole number is read back as the exact kind.
            return value.isFinite && value.rounded() != value ? .number(value) : .number(0.5)
        case 4, 5: return .string(randomText(using: &generator))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                    randomTree(depth: depth - 1, using: &generator)
                }
            )
        default:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 0..<4, using: &generator)).map { index in
                        JSONObject.Member(
                            name: "\(index)" + randomText(using: &generator),
                            value: randomTree(depth: depth - 1, using: &generator)
                        )
                    }
                )
            )
        }
    }

    private func randomText(using generator: inout SplitMix) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<12, using: &generator) {
            let range: ClosedRange<UInt32> = Bool.random(using: &generator) ? 0...0x7f : 0...0x10ffff
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

/// A small generator whose numbers are the same every time.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
