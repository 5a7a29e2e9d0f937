import Testing

@testable import Metrics

@Suite struct `Lists of matchers in Alertmanager's notation` {
    @Test(arguments: [
        ("job=\"api\"", "job=\"api\""), ("job=api", "job=\"api\""), ("{job=api,}", "job=\"api\""), ("", ""), ("{}", ""),
        (" { job = \"api\" , env != dev } ", "job=\"api\" env!=\"dev\""), ("job=~\"a|b\"", "job=~\"a|b\""),
        ("job!~a.*", "job!~\"a.*\""), ("job=", "job=\"\""), ("job=\"\"", "job=\"\""),
        ("a=\"x,y\",b=\"}\"", "a=\"x,y\" b=\"}\""),
        ("a=\"\\\"\\n\\\\\"", "a=\"\\\"\\n\\\\\""), ("a=~\"\\d+\"", "a=~\"\\\\d+\""), ("\"a b\"=c", "\"a b\"=\"c\""),
        ("instance=a:80", "instance=\"a:80\""),
    ])
    func `They are read as they are meant`(_ text: String, _ meaning: String) throws {
        #expect(try LabelMatcher.list(text).map(\.description).joined(separator: " ") == meaning)
    }

    @Test(arguments: [
        ("job", "expected =, !=, =~ or !~ after 'job'", 3), ("job==api", "'==' is no operator", 3),
        ("a=b c=d", "expected a comma between matchers", 4), ("{a=b", "the brace is not closed", 0),
        ("a=b}", "a brace is closed that was never opened", 3), ("a=\"b", "the quotes are not closed", 2),
        ("=b", "expected a label name", 0), ("a=b,,c=d", "expected a label name", 4),
        ("\"\"=b", "a label name cannot be empty", 0),
        ("a=b,c=", "", -1),
    ])
    func `What is wrong is told in its place`(_ text: String, _ message: String, _ place: Int) {
        do throws(MatcherListError) {
            _ = try LabelMatcher.list(text)
            #expect(place == -1)
        } catch {
            #expect(error.message == message)
            #expect(error.range.lowerBound == place)
            #expect(error.range.upperBound <= text.utf8.count)
        }
    }
}
