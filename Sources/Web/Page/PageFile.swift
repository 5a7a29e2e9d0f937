// Unsafe: the files are constants of the program, and their lengths are those the compiler gave the arrays.
internal import PageFiles

/// One file of the page, out of the program itself.
struct PageFile: Sendable {
    /// Relative to the folder of the page: `views/now.js`.
    let path: String
    let bytes: [UInt8]

    static let all: [PageFile] = (0..<medic_page_file_count()).map { place in
        let file = unsafe medic_page_file_at(place)
        return unsafe PageFile(
            path: String(cString: file.path),
            bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.length))
        )
    }

    /// What a browser takes it for, and nothing else.
    var type: String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }

    /// Changes with the content. Weak, since the same content is also sent packed.
    var tag: String {
        // FNV-1a in 64 bits: this is a mark, not a secret.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "W/\"\(String(hash, radix: 16))\""
    }
}
