/// How the values of a column stand in a segment.
///
/// A column is a run of whole numbers n, and a form that says which value a number stands for. Of each column the segment's
/// table keeps a kind and a place; at the place stand three bytes of header, the base, the step, bitmaps, and the residuals
/// r, all of one width:
///
///     linear:  n[i] = base + (((step * i) >> 5) + r[i]) << shift
///     runs:    n[i] = base + r[number of changes up to i] << shift
///
/// Either yields any value directly. Sums of differences would take some 7 per cent less on counters, and three times as long
/// to read one value.
enum ColumnKind {
    /// Nothing stands elsewhere: all values are the same small whole number, or there are none.
    static let small: UInt16 = 0
    static let linear: UInt16 = 1
    static let runs: UInt16 = 2

    /// The kind takes the upper two bits of a table entry.
    static let shift: UInt16 = 14
    /// The others: the place behind the group's start, or the small number.
    static let placeMask: UInt16 = 1 << 14 - 1
    /// The place that says that a column has no samples.
    static let noSamples: UInt16 = placeMask
}

struct ColumnHeader {
    /// Bytes that the header itself takes.
    static let byteCount = 3
    /// The form of numbers that are the bits of a double; below it, how many decimals there are.
    static let bitsForm = 15
    /// Step lengths that a header can name.
    static let stepLengths = [0, 1, 3, 5]

    var form: Int
    /// Bits of a residual: 0...56, or 64.
    var width: Int
    /// Zero bits that all differences end with.
    var shift: Int
    /// 1...8.
    var baseLength: Int
    /// 0, 1, 3 or 5.
    var stepLength: Int
    /// Bit 0: some frames have no sample. Bit 1: some have a staleness marker.
    var markers: Int

    @inline(__always)
    init(form: Int, width: Int, shift: Int, baseLength: Int, stepLength: Int, markers: Int) {
        self.form = form
        self.width = width
        self.shift = shift
        self.baseLength = baseLength
        self.stepLength = stepLength
        self.markers = markers
    }

    /// From the lower 24 bits.
    @inline(__always)
    init(bits: UInt32) {
        let bits = Int(bits)
        form = bits & 15
        let code = bits >> 4 & 63
        width = code > 56 ? 64 : code
        shift = bits >> 10 & 63
        baseLength = bits >> 16 & 7 + 1
        let step = bits >> 19 & 3
        stepLength = step &* 2 &- (step == 0 ? 0 : 1)
        markers = bits >> 21 & 3
    }

    var bits: UInt32 {
        let code = width > 56 ? 57 : width
        let step = (stepLength + 1) / 2
        return UInt32(form | code << 4 | shift << 10 | (baseLength - 1) << 16 | step << 19 | markers << 21)
    }

    /// Bytes of the bitmaps that tell frames without a number.
    @inline(__always)
    var markerBytes: Int { markers == 0 ? 0 : markers == 3 ? 8 : 4 }
}
