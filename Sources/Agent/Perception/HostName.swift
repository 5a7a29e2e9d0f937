import Glibc

/// The host's own name: the `instance` of everything that medic sees by itself.
enum HostName {
    static let current: String = {
        var bytes = [CChar](repeating: 0, count: 256)
        // One less than there is room for, so that the text always ends.
        let status = unsafe gethostname(&bytes, bytes.count - 1)
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return status == 0 && !name.isEmpty ? name : "localhost"
    }()
}
