// GnuTLS reads the text during the call it is given to, and copies what it needs; the list is freed once, at the end.
internal import CMicrohttpd

/// Whose signatures under the certificates of clients count.
///
/// Unchecked: it never changes, and requests on any thread only read it.
@safe final class ClientAuthorities: @unchecked Sendable {
    /// A chain is never longer.
    private static let chainMax = 16

    private let list: gnutls_x509_trust_list_t

    /// From a PEM text with at least one certificate.
    init(_ text: [UInt8]) throws(HTTPServerError) {
        var made: gnutls_x509_trust_list_t?
        guard unsafe gnutls_x509_trust_list_init(&made, 0) == 0, let list = unsafe made else {
            throw .badCertificate("the authorities of clients cannot be read")
        }
        unsafe self.list = list
        var copy = text
        let count = unsafe copy.withUnsafeMutableBufferPointer { bytes in
            var datum = unsafe gnutls_datum_t(data: bytes.baseAddress, size: UInt32(clamping: bytes.count))
            return unsafe gnutls_x509_trust_list_add_trust_mem(list, &datum, nil, GNUTLS_X509_FMT_PEM, 0, 0)
        }
        guard count > 0 else { throw .badCertificate("the authorities of clients cannot be read") }
    }

    deinit {
        unsafe gnutls_x509_trust_list_deinit(list, 1)
    }

    /// Reads the certificate that the client showed. Nil when it is not signed by one of these, or not valid now.
    func vouched<Result>(for session: gnutls_session_t, _ body: (gnutls_x509_crt_t) -> Result) -> Result? {
        var count: UInt32 = 0
        guard let sent = unsafe gnutls_certificate_get_peers(session, &count), (1...Self.chainMax).contains(Int(count))
        else { return nil }
        var chain: [gnutls_x509_crt_t?] = unsafe []
        defer { for index in unsafe chain.indices { unsafe gnutls_x509_crt_deinit(chain[index]) } }
        for index in 0..<Int(count) {
            var made: gnutls_x509_crt_t?
            guard unsafe gnutls_x509_crt_init(&made) == 0 else { return nil }
            unsafe chain.append(made)
            guard unsafe gnutls_x509_crt_import(made, sent + index, GNUTLS_X509_FMT_DER) == 0 else { return nil }
        }
        var status: UInt32 = 0
        guard unsafe gnutls_x509_trust_list_verify_crt(list, &chain, count, 0, &status, nil) == 0, status == 0,
            let first = unsafe chain[0]
        else { return nil }
        return unsafe body(first)
    }
}
