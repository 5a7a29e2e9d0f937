// GnuTLS hands out certificates in the form they were sent; they are copied into objects that are freed here.
internal import CMicrohttpd

/// Reads whom the certificate of a client is for.
enum ClientCertificateReader {
    private static let nameLengthMax = 1_024
    private static let namesMax = 64

    /// Nil when the client showed none, or one that is not signed by a trusted authority or not valid now.
    static func certificate(of handle: OpaquePointer, _ authorities: ClientAuthorities?) -> HTTPServer
        .ClientCertificate?
    {
        guard let authorities, let session = unsafe medic_http_session(handle) else { return nil }
        return unsafe authorities.vouched(for: session) { certificate in
            unsafe HTTPServer.ClientCertificate(
                commonName: commonName(certificate),
                alternativeNames: alternativeNames(certificate)
            )
        }
    }

    private static func commonName(_ certificate: gnutls_x509_crt_t) -> String {
        var name = [UInt8](repeating: 0, count: nameLengthMax)
        var length = name.count
        // The object identifier of a common name.
        let status = unsafe gnutls_x509_crt_get_dn_by_oid(certificate, "2.5.4.3", 0, 0, &name, &length)
        return status == 0 ? String(decoding: name.prefix(length), as: UTF8.self) : ""
    }

    private static func alternativeNames(_ certificate: gnutls_x509_crt_t) -> [String] {
        var names: [String] = []
        for index in 0..<UInt32(namesMax) {
            var name = [UInt8](repeating: 0, count: nameLengthMax)
            var length = name.count
            let kind = unsafe gnutls_x509_crt_get_subject_alt_name(certificate, index, &name, &length, nil)
            if kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE { break }
            let isText = kind == Int32(GNUTLS_SAN_DNSNAME.rawValue) || kind == Int32(GNUTLS_SAN_URI.rawValue)
            if isText { names.append(String(decoding: name.prefix(length), as: UTF8.self)) }
        }
        return names
    }
}
