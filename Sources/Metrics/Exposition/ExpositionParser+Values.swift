/// What stands behind a series: value, time, exemplar, and the end of the line.
extension ExpositionParser {
    mutating func valueAndTime(series: Range<Int>) throws(ExpositionError) -> ExposedSample {
        if format == .text {
            skipBlanks()
        } else {
            guard byte(at: place) == UInt8(ascii: " ") else { throw failure(.noValue, at: place) }
            place += 1
        }
        var sample = ExposedSample(series: series, valueStart: place, value: 0, timestamp: nil, hasExemplar: false)
        try finish(&sample)
        return sample
    }

    /// Reads a line whose series of this many bytes, at `place`, the caller knows already.
    @inline(__always)
    mutating func sample(after count: Int) throws(ExpositionError) -> ExposedSample {
        let start = place
        place += count
        return try valueAndTime(series: start..<place)
    }

    /// Reads on from the first byte of the value, at `place`.
    @inline(__always)
    mutating func finish(_ sample: inout ExposedSample) throws(ExpositionError) {
        sample.value = try number()
        if byte(at: place) == UInt8(ascii: "\n") {
            place += 1
        } else if format == .text {
            try finishTextLine(&sample)
        } else {
            try finishOpenMetricsLine(&sample)
        }
    }

    private mutating func number() throws(ExpositionError) -> Double {
        if let (value, next) = unsafe NumberScanner.scan(base, from: place, to: count), isEndOfToken(next) {
            place = next
            return value
        }
        let start = place
        while !isEndOfToken(place) {
            place += 1
        }
        guard place > start else { throw failure(.noValue, at: start) }
        let token = unsafe UnsafeBufferPointer(rebasing: bytes[start..<place])
        switch unsafe NumberScanner.number(token) {
        case .success(let value): return value
        case .failure(.syntax): throw failure(.noNumber(text(start..<place)), at: start)
        case .failure(.unsupported): throw failure(.unsupportedNumber(text(start..<place)), at: start)
        case .failure(.outOfRange): throw failure(.numberOutOfRange(text(start..<place)), at: start)
        }
    }

    @inline(__always)
    private func isEndOfToken(_ place: Int) -> Bool {
        switch byte(at: place) {
        case UInt8(ascii: " "), UInt8(ascii: "\n"): true
        case UInt8(ascii: "\t"), UInt8(ascii: "{"): format == .text
        case 0: place >= count || format == .text
        default: false
        }
    }

    private mutating func finishTextLine(_ sample: inout ExposedSample) throws(ExpositionError) {
        skipBlanks()
        let start = place
        var milliseconds: Int64 = 0
        while true {
            let digit = byte(at: place) &- UInt8(ascii: "0")
            if digit > 9 { break }
            let (product, isLarge) = milliseconds.multipliedReportingOverflow(by: 10)
            let (sum, isTooLarge) = product.addingReportingOverflow(Int64(digit))
            guard !isLarge && !isTooLarge else { throw failure(.noTimestamp(digits(from: start)), at: start) }
            milliseconds = sum
            place += 1
        }
        if place > start { sample.timestamp = Timestamp(milliseconds: milliseconds) }
        skipBlanks()
        guard byte(at: place) == UInt8(ascii: "\n") else { throw failure(.noEndOfLine, at: place) }
        place += 1
    }

    private func digits(from start: Int) -> String {
        var end = start
        while byte(at: end) &- UInt8(ascii: "0") <= 9 {
            end += 1
        }
        return text(start..<end)
    }

    private mutating func finishOpenMetricsLine(_ sample: inout ExposedSample) throws(ExpositionError) {
        if byte(at: place) == UInt8(ascii: " ") && !follows(" # {") {
            sample.timestamp = try seconds()
        }
        if byte(at: place) == UInt8(ascii: " ") && follows(" # {") {
            sample.hasExemplar = true
            place += 4
            try readExemplar()
        }
        guard place < count else { throw failure(.noEndMarker, at: place) }
        guard byte(at: place) == UInt8(ascii: "\n") else { throw failure(.noEndOfLine, at: place) }
        place += 1
    }

    /// A space and a time in seconds, which upstream too takes through a floating-point number.
    private mutating func seconds() throws(ExpositionError) -> Timestamp {
        place += 1
        let start = place
        let milliseconds = try number() * 1_000
        guard milliseconds.magnitude < 0x1p63 else { throw failure(.noTimestamp(text(start..<place)), at: start) }
        return Timestamp(milliseconds: Int64(milliseconds))
    }

    private mutating func readExemplar() throws(ExpositionError) {
        var fields = LabelFields()
        swap(&fields, &exemplarFields)
        defer { swap(&fields, &exemplarFields) }
        fields.removeAll()
        try labels(into: &fields, isExemplar: true)
        exemplarTimestamp = nil
        guard byte(at: place) == UInt8(ascii: " ") else { throw failure(.noValue, at: place) }
        place += 1
        exemplarValue = try number()
        if byte(at: place) == UInt8(ascii: " ") { exemplarTimestamp = try seconds() }
    }
}
