import PromQL
import Testing

@Suite("Signatures of functions") struct SignatureTests {
    @Test(arguments: [
        ("hour", 0, 1), ("round", 1, 2), ("info", 1, 2), ("clamp", 3, 3), ("time", 0, 0), ("max_of", 2, 2),
        ("histogram_quantiles", 3, 12), ("label_replace", 5, 5), ("rate", 1, 1),
    ])
    func `Counts of arguments`(name: String, least: Int, most: Int) throws {
        let function = try #require(Function(rawValue: name))
        #expect(function.signature.minimumCount == least)
        #expect(function.signature.maximumCount == most)
    }

    @Test(arguments: [("label_join", 3), ("sort_by_label", 1), ("sort_by_label_desc", 1)])
    func `Some take any number`(name: String, least: Int) throws {
        let function = try #require(Function(rawValue: name))
        #expect(function.signature.minimumCount == least)
        #expect(function.signature.maximumCount == nil)
        #expect(function.signature.type(ofArgument: 50) == .string)
    }
}
