import Testing

@testable import HTTPServer

@Suite struct RequestTargetTests {
    private func target(_ text: String) -> RequestTarget? { RequestTarget(Array(text.utf8)) }

    @Test(arguments: [
        ("/", [String]()), ("/a", ["a"]), ("/a/", ["a", ""]), ("//", ["", ""]), ("/a%2Fb/%20", ["a/b", " "]),
        ("/a+b", ["a+b"]), ("/%C3%A9", ["é"]), ("/../x", ["..", "x"]), ("/a?b/c", ["a"]),
    ])
    func `Paths are divided first and decoded then`(path: String, segments: [String]) {
        #expect(target(path)?.segments == segments)
    }

    @Test(arguments: ["", "a", "/%", "/%1", "/%g0", "/%ff", "/?a=%f", "/?%80=1", "*", "http://host/"])
    func `What cannot be decoded is refused`(path: String) {
        #expect(target(path) == nil)
    }

    @Test func `Queries keep their order and repetitions`() {
        let query = target("/?match[]=a&match%5B%5D=b+c%2B&x&=y&&z=1=2")?.query.map { "\($0.name):\($0.value)" }
        #expect(query == ["match[]:a", "match[]:b c+", "x:", ":y", "z:1=2"])
    }
}
