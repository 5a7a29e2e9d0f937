/// A header that proves that a message is from somebody with the key, and when it was sent: `t=1783641600,v1=4f...`.
///
/// The code is over the time, a dot and the message, so that neither an old message nor a changed one passes.
public enum MessageSignature {
    /// The name of the header.
    public static let header = "Medic-Signature"

    /// - Parameter time: In seconds since the epoch.
    public static func sign(_ message: [UInt8], key: [UInt8], time: Int64) -> String {
        "t=\(time),v1=\(code(message, key, time))"
    }

    /// Whether the header fits the message, and was made at most `tolerance` seconds from now.
    public static func verify(
        _ signature: String,
        of message: [UInt8],
        key: [UInt8],
        now: Int64,
        tolerance: Int64 = 300
    ) -> Bool {
        let parts = signature.split(separator: ",")
        guard parts.count == 2, parts[0].hasPrefix("t="), parts[1].hasPrefix("v1="),
            let time = Int64(parts[0].dropFirst(2))
        else { return false }
        let (age, overflow) = now.subtractingReportingOverflow(time)
        guard !overflow, (-tolerance...tolerance).contains(age) else { return false }
        // Every digit is compared, so that the time it takes tells nothing.
        let given = Array(parts[1].dropFirst(3).utf8)
        let expected = Array(code(message, key, time).utf8)
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func code(_ message: [UInt8], _ key: [UInt8], _ time: Int64) -> String {
        SHA256.hexadecimal(SHA256.authenticationCode(of: Array("\(time).".utf8) + message, key: key))
    }
}
