// GnuTLS reads the texts during the calls they are given to, and copies what it needs; what it makes of them is freed once, at the end.
internal import CMicrohttpd
internal import Glibc

/// A chain of certificates and the key that goes with it, in the form that handshakes take them.
///
/// Unchecked: it never changes, and handshakes on any thread only read it.
@safe final class TLSIdentity: @unchecked Sendable {
    /// A chain is never longer.
    private static let chainMax = 16

    let certificates: UnsafeMutablePointer<gnutls_pcert_st>
    let count: UInt32
    let key: gnutls_privkey_t

    /// From PEM texts.
    init(certificate: [UInt8], key: [UInt8]) throws(HTTPServerError) {
        guard let secret = unsafe Self.privateKey(key) else { throw .badCertificate("the key cannot be read") }
        let chain = UnsafeMutablePointer<gnutls_pcert_st>.allocate(capacity: Self.chainMax)
        unsafe chain.initialize(repeating: gnutls_pcert_st(), count: Self.chainMax)
        var length = UInt32(Self.chainMax)
        let status = unsafe Self.withDatum(certificate) { text in
            unsafe gnutls_pcert_list_import_x509_raw(chain, &length, text, GNUTLS_X509_FMT_PEM, 0)
        }
        unsafe certificates = unsafe chain
        unsafe self.key = secret
        guard status == 0, length > 0 else {
            count = 0
            throw .badCertificate("the certificate cannot be read")
        }
        count = length
        guard unsafe Self.belongTogether(chain.pointee.pubkey, secret) else {
            throw .badCertificate("the key is not that of the certificate")
        }
    }

    deinit {
        for index in 0..<Int(count) { unsafe gnutls_pcert_deinit(certificates + index) }
        unsafe certificates.deallocate()
        unsafe gnutls_privkey_deinit(key)
    }

    /// When the first certificate of the chain expires, in seconds since the epoch.
    var expiry: Int? {
        var made: gnutls_x509_crt_t?
        guard unsafe gnutls_x509_crt_init(&made) == 0, let certificate = unsafe made else { return nil }
        defer { unsafe gnutls_x509_crt_deinit(certificate) }
        let status = unsafe gnutls_x509_crt_import(certificate, &certificates.pointee.cert, GNUTLS_X509_FMT_DER)
        return status == 0 ? unsafe gnutls_x509_crt_get_expiration_time(certificate) : nil
    }

    private static func privateKey(_ text: [UInt8]) -> gnutls_privkey_t? {
        var made: gnutls_privkey_t?
        guard unsafe gnutls_privkey_init(&made) == 0, let key = unsafe made else { return nil }
        let status = unsafe withDatum(text) {
            unsafe gnutls_privkey_import_x509_raw(key, $0, GNUTLS_X509_FMT_PEM, nil, 0)
        }
        if status == 0 { return unsafe key }
        unsafe gnutls_privkey_deinit(key)
        return nil
    }

    private static func belongTogether(_ certified: gnutls_pubkey_t?, _ key: gnutls_privkey_t) -> Bool {
        var made: gnutls_pubkey_t?
        guard let certified = unsafe certified, unsafe gnutls_pubkey_init(&made) == 0, let own = unsafe made else {
            return false
        }
        defer { unsafe gnutls_pubkey_deinit(own) }
        guard unsafe gnutls_pubkey_import_privkey(own, key, 0, 0) == 0 else { return false }
        guard let first = unsafe identifier(certified), let second = unsafe identifier(own) else { return false }
        return first == second
    }

    private static func identifier(_ key: gnutls_pubkey_t) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64)
        var length = bytes.count
        guard unsafe gnutls_pubkey_get_key_id(key, 0, &bytes, &length) == 0 else { return nil }
        return Array(bytes[..<length])
    }

    private static func withDatum(_ text: [UInt8], _ body: (UnsafePointer<gnutls_datum_t>) -> Int32) -> Int32 {
        var copy = text
        return unsafe copy.withUnsafeMutableBufferPointer { bytes in
            var datum = unsafe gnutls_datum_t(data: bytes.baseAddress, size: UInt32(clamping: bytes.count))
            return unsafe body(&datum)
        }
    }
}

/// Hands the identity that was current when its connection was accepted to a handshake; the connection keeps it alive.
func identifyServer(
    _ session: gnutls_session_t?,
    _: UnsafePointer<gnutls_datum_t>?,
    _: Int32,
    _: UnsafePointer<gnutls_pk_algorithm_t>?,
    _: Int32,
    _ certificates: UnsafeMutablePointer<UnsafeMutablePointer<gnutls_pcert_st>?>?,
    _ count: UnsafeMutablePointer<UInt32>?,
    _ key: UnsafeMutablePointer<gnutls_privkey_t?>?
) -> Int32 {
    guard let session = unsafe session, let context = unsafe medic_http_handshake_context(session) else { return -1 }
    let connection = unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
    guard let identity = connection.identity else { return -1 }
    // Which authorities are believed may change while the server runs: clients offer what they have, without a list to choose by.
    unsafe gnutls_certificate_send_x509_rdn_sequence(session, 1)
    unsafe certificates?.pointee = identity.certificates
    unsafe count?.pointee = identity.count
    unsafe key?.pointee = identity.key
    return 0
}
