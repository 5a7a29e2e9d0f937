/// Dates as OpenSSL prints them, `Jan  2 03:04:05 2030 GMT`.
enum CertificateDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since the epoch; nil for what is no such date.
    static func parse(_ text: Substring) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count >= 4, let month = months.firstIndex(of: String(parts[0])), let day = Int64(parts[1]),
            let year = Int64(parts[3]), (1...9_999).contains(year), (1...31).contains(day)
        else { return nil }
        let clock = parts[2].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
        let days = daysSinceEpoch(year: year, month: Int64(month + 1), day: day)
        return days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }

    /// The civil calendar, counted in eras of 400 years that begin in March.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
