import Footprint
import Testing

@Suite struct FootprintTests {
    @Test func `What is given back is no longer resident, and the program goes on`() throws {
        var kept: [[UInt8]] = (0..<1_000).map { _ in [UInt8](repeating: 1, count: 60_000) }
        let before = try #require(Footprint.resident)
        kept.removeAll()
        var size = RestingSize()
        size.settle()
        let after = try #require(Footprint.resident)
        #expect(after < before - 30_000_000)
        #expect((0..<1_000).map(String.init).joined().utf8.count == 2_890)
    }

    @Test func `At rest is given back what has grown, as often as it grows`() throws {
        var size = RestingSize()
        for _ in 0..<2 {
            var kept: [[UInt8]] = (0..<1_000).map { _ in [UInt8](repeating: 1, count: 60_000) }
            let before = try #require(Footprint.resident)
            kept.removeAll()
            size.settle()
            #expect(try #require(Footprint.resident) < before - 30_000_000)
        }
    }
}
