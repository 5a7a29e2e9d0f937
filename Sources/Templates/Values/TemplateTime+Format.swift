extension TemplateTime {
    /// Prints by a layout of Go, which shows how the moment 2006-01-02 15:04:05 in a zone seven hours west would look.
    public func formatted(_ layout: String) -> String {
        let civil = civil
        var result = ""
        var rest = Substring(layout).utf8
        while let first = rest.first {
            if let element = LayoutElement.all.first(where: { $0.fits(rest) }) {
                result += element.print(self, civil)
                rest = rest.dropFirst(element.text.utf8.count)
            } else if let digits = fraction(&rest) {
                result += digits
            } else {
                rest.removeFirst()
                // Bytes of a character are passed on together.
                var character = [first]
                while let next = rest.first, next & 0xC0 == 0x80 {
                    character.append(next)
                    rest.removeFirst()
                }
                result += String(decoding: character, as: UTF8.self)
            }
        }
        return result
    }

    /// Parts of a second: `.000` with zeros at the end, `.999` without.
    private func fraction(_ rest: inout Substring.UTF8View) -> String? {
        guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","),
            let kind = rest.dropFirst().first,
            kind == UInt8(ascii: "0") || kind == UInt8(ascii: "9")
        else { return nil }
        let count = rest.dropFirst().prefix { $0 == kind }.count
        // Digits that go on are part of another number.
        if let next = rest.dropFirst(1 + count).first, next &- UInt8(ascii: "0") < 10 { return nil }
        rest = rest.dropFirst(1 + count)
        let digits = padded(nanoseconds, 9).prefix(count)
        let shown = kind == UInt8(ascii: "0") ? String(digits) : String(digits.trimmingTrailing("0"))
        return shown.isEmpty ? "" : String(UnicodeScalar(mark)) + shown
    }
}

/// One element of a layout.
private struct LayoutElement: Sendable {
    let text: String
    let print: @Sendable (TemplateTime, CivilTime) -> String

    init(_ text: String, _ print: @escaping @Sendable (TemplateTime, CivilTime) -> String) {
        self.text = text
        self.print = print
    }

    func fits(_ rest: Substring.UTF8View) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        // "Jan" is not the beginning of a longer word such as "Janet".
        guard text == "Jan" || text == "Mon" else { return true }
        return rest.dropFirst(3).first.map { $0 &- UInt8(ascii: "a") < 26 } != true
    }

    /// Longer ones before those they begin with.
    static let all: [LayoutElement] = [
        LayoutElement("January") { CivilTime.months[$1.month - 1] },
        LayoutElement("Jan") { String(CivilTime.months[$1.month - 1].prefix(3)) },
        LayoutElement("Monday") { CivilTime.weekdays[$1.weekday] },
        LayoutElement("Mon") { String(CivilTime.weekdays[$1.weekday].prefix(3)) },
        LayoutElement("MST") { time, _ in time.zone.name },
        LayoutElement("2006") { padded($1.year, 4) },
        LayoutElement("-07:00:00") { time, _ in time.offset(":", seconds: true) },
        LayoutElement("-070000") { time, _ in time.offset("", seconds: true) },
        LayoutElement("-07:00") { time, _ in time.offset(":") },
        LayoutElement("-0700") { time, _ in time.offset("") },
        LayoutElement("-07") { time, _ in String(time.offset("").prefix(3)) },
        LayoutElement("Z07:00:00") { time, _ in time.zone.offset == 0 ? "Z" : time.offset(":", seconds: true) },
        LayoutElement("Z070000") { time, _ in time.zone.offset == 0 ? "Z" : time.offset("", seconds: true) },
        LayoutElement("Z07:00") { time, _ in time.zone.offset == 0 ? "Z" : time.offset(":") },
        LayoutElement("Z0700") { time, _ in time.zone.offset == 0 ? "Z" : time.offset("") },
        LayoutElement("Z07") { time, _ in time.zone.offset == 0 ? "Z" : String(time.offset("").prefix(3)) },
        LayoutElement("002") { padded(Int64($1.dayOfYear), 3) },
        LayoutElement("01") { padded(Int64($1.month), 2) },
        LayoutElement("02") { padded(Int64($1.day), 2) },
        LayoutElement("03") { padded(Int64(($1.hour + 11) % 12 + 1), 2) },
        LayoutElement("04") { padded(Int64($1.minute), 2) },
        LayoutElement("05") { padded(Int64($1.second), 2) },
        LayoutElement("06") { padded($1.year % 100, 2) },
        LayoutElement("15") { padded(Int64($1.hour), 2) },
        LayoutElement("__2") { padded(Int64($1.dayOfYear), 3, with: " ") },
        // The year is no day: the blank before it is one.
        LayoutElement("_2006") { "_" + padded($1.year, 4) },
        LayoutElement("_2") { padded(Int64($1.day), 2, with: " ") },
        LayoutElement("1") { String($1.month) },
        LayoutElement("2") { String($1.day) },
        LayoutElement("3") { String(($1.hour + 11) % 12 + 1) },
        LayoutElement("4") { String($1.minute) },
        LayoutElement("5") { String($1.second) },
        LayoutElement("PM") { $1.hour >= 12 ? "PM" : "AM" },
        LayoutElement("pm") { $1.hour >= 12 ? "pm" : "am" },
    ]
}

extension TemplateTime {
    fileprivate func offset(_ separator: String, seconds: Bool = false) -> String {
        let magnitude = Int64(zone.offset.magnitude)
        let text =
            (zone.offset < 0 ? "-" : "+") + padded(magnitude / 3600, 2) + separator + padded(magnitude / 60 % 60, 2)
        return seconds ? text + separator + padded(magnitude % 60, 2) : text
    }

    /// As Go prints a time of its own accord.
    public var description: String { formatted("2006-01-02 15:04:05.999999999 -0700 MST") }
}

private func padded(_ number: Int64, _ width: Int, with filling: Character = "0") -> String {
    let digits = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: filling, count: max(0, width - digits.utf8.count)) + digits
}

extension Substring {
    fileprivate func trimmingTrailing(_ character: Character) -> Substring {
        var rest = self
        while rest.last == character { rest.removeLast() }
        return rest
    }
}
