import JSON
import YAML

/// JSON in which one value is replaced, every other byte as it was: blanks, order, repeated names.
struct JSONText {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        do throws(JSONError) {
            _ = try JSONValue(parsing: bytes, repeatedNames: .lastCounts)
        } catch {
            throw DeedFailure("the file is not JSON that can be read: \(error)")
        }
    }

    func scalar(at path: YAMLPath) throws -> ConfigText.Scalar {
        let text = String(decoding: bytes[try range(of: path)], as: UTF8.self)
        do throws(JSONError) {
            if case .string(let value) = try JSONValue(parsing: text) {
                return ConfigText.Scalar(text: value, isText: true)
            }
        } catch {
            throw DeedFailure("'\(path)' cannot be read")
        }
        return ConfigText.Scalar(text: text, isText: false)
    }

    func setting(_ path: YAMLPath, to value: YAMLValue) throws -> [UInt8] {
        let written: JSONValue =
            switch value {
            case .null: .null
            case .boolean(let flag): .boolean(flag)
            case .integer(let number): .integer(Int64(number))
            case .float(let number): .number(number)
            case .string(let text): .string(text)
            }
        let range = try range(of: path)
        let edited = Array(bytes[..<range.lowerBound]) + Array(written.description.utf8) + bytes[range.upperBound...]
        guard
            try JSONText(edited).scalar(at: path)
                == ConfigText.Scalar(text: Self.text(value), isText: Self.isText(value))
        else { throw DeedFailure("the new value of '\(path)' cannot be written so that it reads back the same") }
        return edited
    }

    private static func isText(_ value: YAMLValue) -> Bool {
        if case .string = value { true } else { false }
    }

    private static func text(_ value: YAMLValue) -> String {
        switch value {
        case .string(let text): text
        case .null: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .float(let number): JSONValue.number(number).description
        }
    }

    /// Where the value stands. The text is known to be JSON, so the scan only counts brackets and quotes.
    private func range(of path: YAMLPath) throws -> Range<Int> {
        var place = skipBlanks(0)
        for step in path.steps {
            guard let next = self.place(of: step, in: place) else {
                throw DeedFailure("there is no '\(path)' in the file")
            }
            place = next
        }
        guard bytes[place] != UInt8(ascii: "{"), bytes[place] != UInt8(ascii: "[") else {
            throw DeedFailure("'\(path)' is not a single value")
        }
        return place..<end(of: place)
    }

    private func place(of step: YAMLPath.Step, in start: Int) -> Int? {
        var place = skipBlanks(start + 1)
        var found: Int?
        var index = 0
        switch (step, bytes[start]) {
        case (.key(let key), UInt8(ascii: "{")):
            while bytes[place] != UInt8(ascii: "}") {
                let nameEnd = end(of: place)
                let name = try? JSONValue(parsing: String(decoding: bytes[place..<nameEnd], as: UTF8.self))
                let value = skipBlanks(skipBlanks(nameEnd) + 1)
                // Of a repeated name readers take the last.
                if name?.string?.utf8.elementsEqual(key.utf8) == true { found = value }
                place = skipComma(end(of: value))
            }
        case (.index(let wanted), UInt8(ascii: "[")):
            while bytes[place] != UInt8(ascii: "]") {
                if index == wanted { return place }
                index += 1
                place = skipComma(end(of: place))
            }
        default: return nil
        }
        return found
    }

    /// The first byte behind a value.
    private func end(of start: Int) -> Int {
        var place = start
        if bytes[place] == UInt8(ascii: "\"") {
            place += 1
            while bytes[place] != UInt8(ascii: "\"") { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
            return place + 1
        }
        guard bytes[place] == UInt8(ascii: "{") || bytes[place] == UInt8(ascii: "[") else {
            let ends = Array(",}] \t\r\n".utf8)
            while place < bytes.count, !ends.contains(bytes[place]) { place += 1 }
            return place
        }
        var depth = 0
        repeat {
            switch bytes[place] {
            case UInt8(ascii: "\""): place = end(of: place) - 1
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            place += 1
        } while depth > 0
        return place
    }

    private func skipComma(_ place: Int) -> Int {
        let place = skipBlanks(place)
        return bytes[place] == UInt8(ascii: ",") ? skipBlanks(place + 1) : place
    }

    private func skipBlanks(_ start: Int) -> Int {
        var place = start
        while place < bytes.count, bytes[place] == 0x20 || (9...13).contains(bytes[place]) { place += 1 }
        return place
    }
}
