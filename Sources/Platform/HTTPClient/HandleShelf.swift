import HTTPSettings
import Secrets

/// Where handles wait for their next transfer.
///
/// A request that is made again and again finds its handle as it left it, with all options set: setting them takes a good part of the
/// time that a small exchange costs.
struct HandleShelf {
    /// How many handles wait for whatever comes: each costs some kilobytes.
    private static let plainMax = 16
    /// How many requests have a handle of their own.
    private static let ownMax = 256

    private var plain: [CurlHandle] = []
    private var own: [UInt64: CurlHandle] = [:]
    private var lastNumber: UInt64 = 0

    /// What a request is known by here.
    mutating func newNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    /// A handle with whatever options.
    mutating func take() -> CurlHandle? { plain.popLast() ?? CurlHandle() }

    /// The handle of this request, with the options of its last transfer.
    mutating func take(of number: UInt64) -> CurlHandle? { own.removeValue(forKey: number) }

    mutating func put(_ handle: CurlHandle) {
        if plain.count < Self.plainMax { plain.append(handle) }
    }

    /// Keeps the handle for the next transfer of this request.
    mutating func put(_ handle: CurlHandle, of number: UInt64) {
        // Any other makes room: requests take turns, and it is not known here whose is next.
        if own.count >= Self.ownMax, let other = own.keys.first, let unused = own.removeValue(forKey: other) {
            put(unused)
        }
        own[number] = handle
    }

    mutating func removeAll() {
        plain = []
        own = [:]
    }
}

extension HTTPClientSettings {
    /// Whether the options of one transfer hold for the next: no part of them is in a file, or expires.
    var areLasting: Bool {
        var secrets = [tls.authorities, tls.certificate, tls.key] + headers.flatMap(\.values)
        switch credentials {
        case .none: break
        case .basic(let username, let password): secrets += [username, password]
        case .authorization(_, let credentials): secrets.append(credentials)
        case .oauth2: return false
        }
        return secrets.allSatisfy { $0?.file == nil }
    }
}
