// The one place that holds a mapping: its address is valid from `init` to `deinit`, and is given out for the length of
// a call only.
internal import Glibc

/// A file's content as memory, read from the device as it is touched.
///
/// The file must not be cut short while it is mapped: touching what is gone kills the process. Map only files that are
/// written once and then replaced as a whole.
@safe public final class MappedFile: Sendable {
    private nonisolated(unsafe) let start: UnsafeRawPointer?
    public let count: Int

    public init(_ path: String) throws(FileError) {
        let descriptor = try Descriptor(opening: path, flags: O_RDONLY)
        let status = try descriptor.status()
        guard status.kind == .file else { throw FileError(.map, path, .invalid) }
        count = Int(clamping: status.size)
        guard count > 0 else {
            // The kernel maps no empty range.
            unsafe start = nil
            return
        }
        let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor.number, 0)
        // MAP_FAILED is all ones, and C's macro for it does not reach Swift.
        guard let address = unsafe address, Int(bitPattern: address) != -1 else {
            throw FileError(.map, path, .init(rawValue: errno))
        }
        unsafe start = UnsafeRawPointer(address)
    }

    deinit {
        if let start = unsafe start { _ = unsafe munmap(UnsafeMutableRawPointer(mutating: start), count) }
    }

    /// The content, for the length of the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Tells the kernel that the whole will be read from front to back soon.
    public func willReadInOrder() {
        guard let start = unsafe start else { return }
        _ = unsafe madvise(UnsafeMutableRawPointer(mutating: start), count, MADV_SEQUENTIAL)
    }
}
