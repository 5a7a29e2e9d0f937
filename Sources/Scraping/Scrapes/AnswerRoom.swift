/// The memory that answers of targets share while they arrive.
///
/// An answer may become as large as what is still free. One alone gets half of it all, two get a third each, and however many
/// targets send without end, what is ordinary still finds room: a single bound for the lot, without a share for each.
struct AnswerRoom {
    /// Bytes that all answers together may take.
    private(set) var size = Self.leastSize
    private(set) var taken = 0

    private static let leastSize = 96 << 20

    /// A job whose answers may be larger has them fit.
    mutating func makeRoom(forAnswersOf bytes: Int) {
        let (twice, isTooMuch) = bytes.multipliedReportingOverflow(by: 2)
        size = max(Self.leastSize, isTooMuch ? .max : twice)
    }

    /// Takes room for the next bytes of an answer; false, and nothing taken, where the answer would become too large.
    mutating func take(_ count: Int, after earlier: Int) -> Bool {
        let free = size - taken - count
        guard earlier + count <= free else { return false }
        taken += count
        return true
    }

    mutating func giveBack(_ count: Int) { taken -= count }
}
