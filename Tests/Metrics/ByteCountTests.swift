import Metrics
import Testing

@Suite struct ByteCountTests {
    @Test(
        arguments: [
            ("0", 0), ("512", 512), ("7B", 7), ("1K", 1_024), ("1KB", 1_024), ("1KiB", 1_024), ("1.5MB", 1_572_864),
            ("2GiB", 2_147_483_648), ("1E", 1 << 60),
        ] as [(String, Int64)]
    )
    func `A size is a number and a unit`(text: String, bytes: Int64) {
        #expect(ByteCount(text: text)?.rawValue == bytes)
    }

    @Test(arguments: ["", "B", "-1", "1 MB", "1.2.3K", "1e3", "inf", "nan", "8E", "1mb", "0x10", "٣"])
    func `What is no size is none`(text: String) {
        #expect(ByteCount(text: text) == nil)
    }

    @Test(
        arguments: [(0, "0 B"), (1_023, "1023 B"), (1_024, "1 KiB"), (1_610_612_736, "1.5 GiB")] as [(Int64, String)]
    )
    func `A size is shown in the largest unit that fits`(bytes: Int64, text: String) {
        #expect(ByteCount(bytes).description == text)
    }
}
