// Buffers handed to the C library live as long as the call that uses them.
internal import CKernel
internal import Glibc

/// New content for a file in an open folder: written beside it, examined, then put in its place or dropped.
///
/// Owner, group, permissions and extended attributes are those of the file that it replaces.
public struct Candidate: ~Copyable, Sendable {
    private let folder: OpenFolder
    private let target: String
    private let temporary: String
    private var isPending = true

    /// Where it can be looked at before it counts.
    public var path: String { folder.whole(temporary) }

    /// Writes the content beside the file, on the device, and gives it all that the file has; `permissions` where there is none.
    public init(
        for target: String,
        in folder: consuming OpenFolder,
        content: [UInt8],
        permissions: UInt32 = 0o640
    ) throws(FileError) {
        let mark = String(UInt64.random(in: .min ... .max), radix: 36)
        temporary = ".\(target.prefix(180)).\(mark).new"
        self.target = target
        do {
            let file = try folder.open(temporary, O_WRONLY | O_CREAT | O_EXCL, permissions: 0o600)
            try file.write(all: content.span)
            try folder.copyOwnership(of: target, to: file, orElse: permissions)
            try file.syncAll()
        } catch {
            try? folder.remove(temporary)
            throw error
        }
        self.folder = folder
    }

    deinit {
        if isPending { try? folder.remove(temporary) }
    }

    /// Puts it in place in one step that survives a crash of the machine.
    public consuming func commit() throws(FileError) {
        try folder.rename(temporary, to: target)
        isPending = false
        try folder.sync()
    }
}

extension OpenFolder {
    /// Extended attributes that say who may use a file or what it is. Larger sets are refused rather than cut.
    static let attributeBytesMax = 64 * 1024

    func copyOwnership(
        of name: String,
        to file: borrowing Descriptor,
        orElse permissions: UInt32
    ) throws(FileError) {
        let number = file.number
        guard let former = try statusIfPresent(name) else {
            _ = try retrying(.changeOwner, file.path) { fchmod(number, mode_t(permissions & 0o7777)) }
            return
        }
        guard former.kind == .file else { throw FileError(.open, whole(name), .invalid) }
        // Owner first: changing it clears the set-user and set-group bits.
        let mine = try file.status()
        if (mine.owner, mine.group) != (former.owner, former.group) {
            _ = try retrying(.changeOwner, file.path) { fchown(number, former.owner, former.group) }
        }
        _ = try retrying(.changeOwner, file.path) { fchmod(number, mode_t(former.permissions & 0o7777)) }
        let source = try open(name, O_RDONLY | O_NONBLOCK)
        for attribute in try source.extendedAttributes() {
            let value = try source.extendedAttribute(attribute)
            _ = try retrying(.changeOwner, file.path) {
                unsafe value.withUnsafeBytes { unsafe fsetxattr(number, attribute, $0.baseAddress, $0.count, 0) }
            }
        }
    }
}

extension Descriptor {
    /// The names of the file's extended attributes; none where the file system has none.
    func extendedAttributes() throws(FileError) -> [String] {
        let number = number
        let names: [UInt8]
        do throws(FileError) {
            names = try unsafe filled { buffer in unsafe flistxattr(number, buffer.baseAddress, buffer.count) }
        } catch  where error.code.rawValue == ENOTSUP {
            return []
        }
        return names.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    func extendedAttribute(_ name: String) throws(FileError) -> [UInt8] {
        let number = number
        return try unsafe filled { buffer in unsafe fgetxattr(number, name, buffer.baseAddress, buffer.count) }
    }

    private func filled(_ call: (UnsafeMutableBufferPointer<CChar>) -> Int) throws(FileError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: OpenFolder.attributeBytesMax)
        let count = try retrying(.inspect, path) { unsafe buffer.withUnsafeMutableBufferPointer { unsafe call($0) } }
        return buffer.prefix(count).map { UInt8(bitPattern: $0) }
    }
}
