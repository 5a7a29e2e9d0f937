import CCurl

/// One of the library's easy handles, with the room for its words about an error.
///
/// Unsafe inside because the handle and the buffer are raw memory; both live exactly as long as this object.
@safe final class CurlHandle {
    let easy: UnsafeMutableRawPointer
    private let words: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = unsafe []

    init?() {
        guard let easy = unsafe medic_curl_easy() else { return nil }
        unsafe self.easy = easy
        unsafe words = .allocate(capacity: Int(CURL_ERROR_SIZE) + 1)
        unsafe words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE) + 1)
    }

    deinit {
        unsafe medic_curl_easy_free(easy)
        freeLists()
        unsafe words.deallocate()
    }

    /// What tells one handle from another.
    var key: UInt { unsafe UInt(bitPattern: easy) }

    /// Makes the handle ready for another transfer.
    func reset() {
        unsafe medic_curl_easy_reset(easy)
        freeLists()
        forgetWords()
        unsafe set(CURLOPT_ERRORBUFFER, pointer: words)
        set(CURLOPT_NOSIGNAL, 1)
        // Else the loop would wait for a resolver that hangs when a transfer times out.
        set(CURLOPT_QUICK_EXIT, 1)
    }

    /// What was said about the transfer before is not about the next.
    func forgetWords() { unsafe words.pointee = 0 }

    /// What the library says about the failure, or what it says about the code in general.
    func words(for code: CURLcode) -> String {
        let special = unsafe String(cString: words)
        if !special.isEmpty { return special }
        return unsafe medic_curl_error(code).map { unsafe String(cString: $0) } ?? "error \(code.rawValue)"
    }

    func set(_ option: CURLoption, _ number: Int) {
        _ = unsafe medic_curl_set_number(easy, option, number)
    }

    func set(_ option: CURLoption, size: Int64) {
        _ = unsafe medic_curl_set_size(easy, option, size)
    }

    func set(_ option: CURLoption, _ text: String) {
        _ = unsafe medic_curl_set_text(easy, option, text)
    }

    func set(_ option: CURLoption, bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { _ = unsafe medic_curl_set_blob(easy, option, $0.baseAddress, $0.count) }
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        _ = unsafe medic_curl_set_pointer(easy, option, pointer)
    }

    func set(_ option: CURLoption, function: medic_curl_bytes?) {
        _ = unsafe medic_curl_set_bytes(easy, option, function)
    }

    /// Hands over lines, which live until the next reset.
    func set(_ option: CURLoption, lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = unsafe medic_curl_list_append(list, line) else { continue }
            unsafe list = longer
        }
        guard let list = unsafe list else { return }
        unsafe lists.append(list)
        unsafe set(option, pointer: list)
    }

    func number(_ info: CURLINFO) -> Int { unsafe medic_curl_number(easy, info) }

    func size(_ info: CURLINFO) -> Int64 { unsafe medic_curl_size(easy, info) }

    func text(_ info: CURLINFO) -> String? {
        unsafe medic_curl_text(easy, info).map { unsafe String(cString: $0) }
    }

    /// Calls back when a connection stands and is about to be used.
    func set(connected: medic_curl_connected?, context: UnsafeMutableRawPointer?) {
        _ = unsafe medic_curl_set_connected(easy, connected, context)
    }

    /// `TLSv1.3`; only while there is a connection.
    var tlsVersion: String? {
        unsafe medic_curl_tls_version(easy).map { unsafe String(cString: $0) }
    }

    /// What the server showed, its own certificate first.
    var certificates: [ServerCertificate] {
        guard let found = unsafe medic_curl_certificates(easy) else { return [] }
        return (0..<Int(unsafe found.pointee.num_of_certs)).map { index in
            var lines: [String] = []
            var entry = unsafe found.pointee.certinfo[index]
            while let line = unsafe entry {
                if let data = unsafe line.pointee.data { lines.append(unsafe String(cString: data)) }
                unsafe entry = line.pointee.next
            }
            return ServerCertificate(lines: lines)
        }
    }

    private func freeLists() {
        for index in unsafe lists.indices { unsafe medic_curl_list_free(lists[index]) }
        unsafe lists.removeAll()
    }
}
