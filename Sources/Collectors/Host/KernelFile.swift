internal import Glibc

/// A file in which the kernel writes its numbers, read again and again into the same memory by way of the same descriptor.
///
/// Used by one thread at a time.
final class KernelFile {
    /// What is beyond is not looked at.
    private static let bytesMax = 4 << 20

    private let paths: [String]
    private var descriptor: Int32 = -1
    private var bytes: [UInt8]

    /// The first of the files that can be opened.
    init(_ paths: String..., capacity: Int = 4_096) {
        self.paths = paths
        bytes = Array(repeating: 0, count: capacity)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// What the file holds now. Nil when it cannot be read: not every kernel has every file.
    func read() -> KernelText? {
        guard isOpen() else { return nil }
        var count = 0
        while true {
            if count == bytes.count {
                guard bytes.count < Self.bytesMax else { break }
                bytes += Array(repeating: 0, count: bytes.count)
            }
            // The kernel writes no more than there is room for behind what was read.
            let step = unsafe bytes.withUnsafeMutableBytes { buffer in
                let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return unsafe pread(descriptor, room.baseAddress, room.count, count)
            }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else {
                close(descriptor)
                descriptor = -1
                return nil
            }
            if step == 0 { break }
            count += step
        }
        return KernelText(bytes, count: count)
    }

    private func isOpen() -> Bool {
        for path in paths where descriptor < 0 {
            descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        }
        return descriptor >= 0
    }
}
