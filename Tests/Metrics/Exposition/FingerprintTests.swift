@testable import Metrics
import Testing

@Suite struct FingerprintTests {
    private func fingerprint(_ bytes: [UInt8]) -> UInt64 {
        // The bytes are read only while the call lasts.
        unsafe bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe Fingerprint()(base, bytes.count)
        }
    }

    @Test(arguments: Array(1...70) + [1023, 1024, 1025, 1030, 2048, 2049, 5000])
    func `Every bit of a text counts`(_ length: Int) {
        let text = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var seen: Set<UInt64> = [fingerprint(text)]
        for place in Set([0, length / 3, length / 2, length - 1] + (0..<min(length, 70)).map { $0 }) {
            for bit in 0..<8 {
                var other = text
                other[place] ^= 1 << UInt8(bit)
                #expect(seen.insert(fingerprint(other)).inserted, "bit \(bit) of byte \(place)")
            }
        }
        #expect(fingerprint(text) == fingerprint(Array(text)))
    }

    @Test func `Texts that share their words in another order differ`() {
        let words = (0..<200).map { [UInt8](repeating: UInt8($0), count: 8) }
        let text = words.flatMap(\.self)
        for (first, second) in [(0, 1), (0, 2), (3, 140), (0, 128), (1, 129)] {
            var swapped = words
            swapped.swapAt(first, second)
            #expect(fingerprint(swapped.flatMap(\.self)) != fingerprint(text), "words \(first) and \(second)")
        }
    }
}
