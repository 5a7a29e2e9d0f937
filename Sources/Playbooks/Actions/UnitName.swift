/// Names of systemd's units, by the rules of systemd.unit(5).
enum UnitName {
    private static let suffixes = [
        "service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope",
    ]
    private static let longest = 255

    static func read(_ text: String) -> Result<String, ArgumentFault> {
        let expectation = "the name of a unit such as api.service"
        let isPlain = text.utf8.allSatisfy { Names.isLetter($0) || Names.isDigit($0) || ":-_.\\@".utf8.contains($0) }
        guard isPlain, (1...longest).contains(text.utf8.count) else { return .failure(.isNot(text, expectation)) }
        let suffix = text.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(text[text.index(after: $0)...]) }
        guard let suffix, suffixes.contains(suffix) else {
            return .failure(.isNot(text, expectation, help: "write the kind of unit too: \(Names.shown(text)).service"))
        }
        let name = text.utf8.dropLast(suffix.utf8.count + 1)
        if name.isEmpty { return .failure(.isNot(text, expectation)) }
        if name.last == UInt8(ascii: "@") {
            return .failure(.isNot(text, expectation, help: "a template needs its instance between '@' and '.'"))
        }
        return .success(text)
    }
}
