internal import Glibc
internal import JSON

extension LogEntry {
    /// `2026-01-02T03:04:05.678Z warning scraping: the target is down job=api error="connection refused"`.
    func textLine(at milliseconds: Int64) -> [UInt8] {
        var line = "\(LogTime.text(milliseconds)) \(level.rawValue) \(component): \(message)"
        for field in fields {
            line += " \(field.name)=\(Self.quotedWhereNeeded(field.value))"
        }
        line += "\n"
        return Array(line.utf8)
    }

    /// `03:04:05 scraping: the target is down job=api`, in the time of the place: for somebody who looks on.
    func terminalLine(at milliseconds: Int64, inColour: Bool) -> [UInt8] {
        func styled(_ text: String, _ code: String) -> String { inColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        var line = styled(LogTime.localTime(milliseconds), "2")
        switch level {
        case .debug, .info: break
        case .warning: line += " " + styled(level.rawValue, "33")
        case .error: line += " " + styled(level.rawValue, "31")
        }
        line += " \(component): \(message)"
        if !fields.isEmpty {
            line += styled(fields.map { " \($0.name)=\(Self.quotedWhereHostile($0.value))" }.joined(), "2")
        }
        return Array((line + "\n").utf8)
    }

    func jsonLine(at milliseconds: Int64) -> [UInt8] {
        var object = JSONObject([
            .init(name: "time", value: .string(LogTime.text(milliseconds))),
            .init(name: "level", value: .string(level.rawValue)),
            .init(name: "component", value: .string(component)),
            .init(name: "message", value: .string(message)),
        ])
        for field in fields where object[field.name] == nil {
            object[field.name] = .string(field.value)
        }
        var writer = JSONWriter()
        writer.value(.object(object))
        return writer.takeBytes() + [UInt8(ascii: "\n")]
    }

    /// For people: as it is, unless it could move the cursor.
    private static func quotedWhereHostile(_ value: String) -> String {
        let isHarmless = value.unicodeScalars.allSatisfy { !(0..<0x20 ~= $0.value || 0x7F..<0xA0 ~= $0.value) }
        return isHarmless ? value : quotedWhereNeeded(value)
    }

    /// A value that is no plain word is quoted, so that a hostile one cannot pass for another field or another line.
    private static func quotedWhereNeeded(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0 != "\\" && $0.value != 0x7F
            }
        guard !isPlain else { return value }
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.takeBytes(), as: UTF8.self)
    }
}

/// Moments as the log shows them: UTC with milliseconds.
enum LogTime {
    static func text(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = unsafe tm()
        guard unsafe gmtime_r(&seconds, &parts) != nil else { return "\(milliseconds)" }
        let date =
            unsafe "\(padded(Int(parts.tm_year) + 1_900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))-\(padded(Int(parts.tm_mday), 2))"
        let time =
            unsafe "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))"
        return "\(date)T\(time).\(padded(Int(milliseconds % 1_000), 3))Z"
    }

    /// The time of day as the clock on the wall shows it.
    static func localTime(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return text(milliseconds) }
        return unsafe "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
