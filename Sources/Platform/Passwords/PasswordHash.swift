// The C library writes into a buffer of its own size that is made for one call; the result is copied out of it.
internal import CCrypt

/// A salted hash of a password, in the notation of crypt(5): `$2b$12$...` (bcrypt), `$y$...` (yescrypt), `$6$...` (SHA-512).
///
/// `htpasswd -nB NAME` and `mkpasswd` make them; Prometheus's and Apache's bcrypt hashes are taken as they are.
public struct PasswordHash: Sendable, Hashable {
    private let text: String

    /// Nil when the text is no hash that this system can check.
    public init?(_ text: String) {
        guard text.hasPrefix("$"), !text.utf8.contains(0), Self.crypt("", text) != nil else { return nil }
        self.text = text
    }

    /// Whether this is the password. Takes as long as the hash was made to take, which is its purpose: not for threads
    /// that others wait for.
    public func matches(_ password: String) -> Bool {
        guard !password.utf8.contains(0), let made = Self.crypt(password, text) else { return false }
        return ConstantTime.equal(Array(made.utf8), Array(text.utf8))
    }

    private static func crypt(_ password: String, _ setting: String) -> String? {
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        unsafe data.initialize(to: crypt_data())
        defer { unsafe data.deallocate() }
        // Failure is told by a result that begins with an asterisk, which no hash does.
        guard let result = unsafe crypt_r(password, setting, data) else { return nil }
        let text = unsafe String(cString: result)
        return text.hasPrefix("*") ? nil : text
    }
}

/// Comparisons that take as long for a wrong guess as for a right one.
public enum ConstantTime {
    /// Whether both are the same. Only the lengths show in the time it takes.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for place in left.indices { difference |= left[place] ^ right[place] }
        return difference == 0
    }
}
