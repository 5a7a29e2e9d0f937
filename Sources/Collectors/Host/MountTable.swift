/// One line of the table of mounts.
struct Mount: Hashable, Sendable {
    let device: String
    let point: String
    let type: String
    var isReadOnly: Bool

    /// Types behind which another machine or a program may be, which may never answer.
    var mayHang: Bool {
        let types = [
            "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "gfs2",
            "ocfs2",
        ]
        return type.hasPrefix("fuse") || types.contains(type)
    }

    /// Space, tab, newline and backslash stand in the table as three octal digits.
    static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        guard field.contains(UInt8(ascii: "\\")) else { return field.text }
        var bytes: [UInt8] = []
        var place = field.startIndex
        while place < field.endIndex {
            if field[place] == UInt8(ascii: "\\"), let byte = octal(field[(place + 1)...].prefix(3)) {
                bytes.append(byte)
                place += 4
            } else {
                bytes.append(field[place])
                place += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 3, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) else {
            return nil
        }
        let number = digits.reduce(0) { $0 * 8 + Int($1 - UInt8(ascii: "0")) }
        return UInt8(exactly: number)
    }

    /// The next line of the table.
    init?(_ text: inout KernelText) {
        device = Self.unescaped(text.word())
        point = Self.unescaped(text.word())
        type = Self.unescaped(text.word())
        var option = text.word(endedBy: UInt8(ascii: ","))
        guard !option.isEmpty else { return nil }
        isReadOnly = false
        // Behind the options are two numbers.
        while !option.isEmpty, !option.equals("0") {
            if option.equals("ro") { isReadOnly = true }
            option = text.word(endedBy: UInt8(ascii: ","))
        }
    }
}
