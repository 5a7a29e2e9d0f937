/// The value of a `le` label as Prometheus reads it.
enum BucketBound {
    /// The number, or nil when the text is none. The grammar is that of Go's `ParseFloat`: decimal or hexadecimal (then
    /// with an exponent), `inf` and `infinity` with an optional sign and `nan` without, in any case; `_` between digits.
    /// What is too large for a Double is no number.
    static func parse(_ text: String) -> Double? {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let digits = scanner.scan() else { return nil }
        if let special = digits.special { return special }
        guard let value = Double(digits.text), value.isFinite else { return nil }
        return value
    }

    private struct Scan {
        var text = ""
        var special: Double?
    }

    private struct Scanner {
        let bytes: [UInt8]
        var place = 0
        var kept: [UInt8] = []
        /// Whether an underscore may stand here: behind a digit or a hexadecimal prefix.
        var allowsUnderscore = false
        var isBroken = false

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

        private mutating func take(_ accepted: UInt8...) -> Bool {
            guard let byte = next, accepted.contains(byte) else { return false }
            kept.append(byte)
            place += 1
            return true
        }

        mutating func scan() -> Scan? {
            let isNegative = bytes.first == UInt8(ascii: "-")
            let isSigned = take(UInt8(ascii: "-"), UInt8(ascii: "+"))
            if let special = special(isSigned: isSigned, isNegative: isNegative) { return Scan(special: special) }
            let isHexadecimal = hexadecimalPrefix()
            var digits = digitRun(isHexadecimal: isHexadecimal)
            if take(UInt8(ascii: ".")) {
                endUnderscores()
                digits += digitRun(isHexadecimal: isHexadecimal)
            }
            endUnderscores()
            guard digits > 0 else { return nil }
            let hasExponent =
                isHexadecimal
                ? take(UInt8(ascii: "p"), UInt8(ascii: "P")) : take(UInt8(ascii: "e"), UInt8(ascii: "E"))
            if hasExponent {
                _ = take(UInt8(ascii: "-"), UInt8(ascii: "+"))
                guard digitRun(isHexadecimal: false) > 0 else { return nil }
                endUnderscores()
            }
            guard place == bytes.count, !isBroken, hasExponent || !isHexadecimal else { return nil }
            return Scan(text: String(decoding: kept, as: UTF8.self))
        }

        private func special(isSigned: Bool, isNegative: Bool) -> Double? {
            let rest = bytes[place...].map { $0 | 0x20 }
            if rest.elementsEqual("inf".utf8) || rest.elementsEqual("infinity".utf8) {
                return isNegative ? -.infinity : .infinity
            }
            return rest.elementsEqual("nan".utf8) && !isSigned ? .nan : nil
        }

        private mutating func hexadecimalPrefix() -> Bool {
            guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "0"),
                bytes[place + 1] | 0x20 == UInt8(ascii: "x")
            else { return false }
            kept += [UInt8(ascii: "0"), UInt8(ascii: "x")]
            place += 2
            allowsUnderscore = true
            return true
        }

        private mutating func digitRun(isHexadecimal: Bool) -> Int {
            var count = 0
            while let byte = next {
                if byte == UInt8(ascii: "_") {
                    if !allowsUnderscore { isBroken = true }
                    allowsUnderscore = false
                } else if isDigit(byte, isHexadecimal: isHexadecimal) {
                    kept.append(byte)
                    count += 1
                    allowsUnderscore = true
                } else {
                    break
                }
                place += 1
            }
            return count
        }

        /// Before anything but a digit there must be no underscore.
        private mutating func endUnderscores() {
            let previous = place > 0 ? bytes[place - 1] : 0
            if previous == UInt8(ascii: "_") { isBroken = true }
            allowsUnderscore = false
            if previous == UInt8(ascii: "."), place > 1, bytes[place - 2] == UInt8(ascii: "_") { isBroken = true }
        }

        private func isDigit(_ byte: UInt8, isHexadecimal: Bool) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): isHexadecimal
            default: false
            }
        }
    }
}
