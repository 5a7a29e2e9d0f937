import CSQLite
import Foundation
import Synchronization

/// SQLite's usual file system, counted and made to fail when told to. Only writing and syncing are replaced.
///
/// The pointers are SQLite's own, or to copies of its tables that are never freed.
enum FaultyFileSystem {
    // C functions cannot capture, so what they count and obey lives here: tests that use it run one after another.
    struct Counts {
        var syncs = 0
        var bytesSinceSync = 0
        var isFull = false
    }

    static let name = "medic-faulty"
    static let counts = Mutex(Counts())

    static let isRegistered: Bool = {
        guard let usual = unsafe sqlite3_vfs_find(nil) else { return false }
        let copy = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        unsafe copy.initialize(to: usual.pointee)
        unsafe copy.pointee.zName = UnsafePointer(strdup(name))
        unsafe copy.pointee.pNext = nil
        unsafe copy.pointee.xOpen = { _, path, file, flags, outFlags in
            guard let usual = unsafe sqlite3_vfs_find(nil) else { return SQLITE_ERROR }
            let code = unsafe usual.pointee.xOpen(usual, path, file, flags, outFlags)
            if code == SQLITE_OK, let file = unsafe file, let methods = unsafe file.pointee.pMethods {
                unsafe file.pointee.pMethods = FaultyFileSystem.methods(like: methods)
            }
            return code
        }
        return unsafe sqlite3_vfs_register(copy, 0) == SQLITE_OK
    }()

    // The usual tables of calls, of which there are several, and the copies made of them, by address.
    private static let copies = Mutex<[UInt: UInt]>([:])
    // Writing and syncing are the same in all of them.
    private static let anyUsual = Mutex<UInt>(0)

    private static var usual: UnsafePointer<sqlite3_io_methods>? {
        unsafe UnsafePointer(bitPattern: anyUsual.withLock { $0 })
    }

    private static func methods(like usual: UnsafePointer<sqlite3_io_methods>) -> UnsafePointer<sqlite3_io_methods>? {
        let key = UInt(bitPattern: usual)
        anyUsual.withLock { $0 = key }
        let address = copies.withLock { copies -> UInt in
            if let made = copies[key] { return made }
            let own = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
            unsafe own.initialize(to: UnsafePointer(bitPattern: key)?.pointee ?? sqlite3_io_methods())
            unsafe own.pointee.xSync = { file, flags in
                let code = unsafe FaultyFileSystem.usual?.pointee.xSync(file, flags) ?? SQLITE_IOERR
                FaultyFileSystem.counts.withLock { counts in
                    counts.syncs += 1
                    counts.bytesSinceSync = 0
                }
                return code
            }
            unsafe own.pointee.xWrite = { file, bytes, count, offset in
                let isFull = FaultyFileSystem.counts.withLock { counts in
                    counts.bytesSinceSync += Int(count)
                    return counts.isFull
                }
                if isFull { return SQLITE_FULL }
                return unsafe FaultyFileSystem.usual?.pointee.xWrite(file, bytes, count, offset) ?? SQLITE_IOERR
            }
            copies[key] = UInt(bitPattern: own)
            return UInt(bitPattern: own)
        }
        return unsafe UnsafePointer(bitPattern: address)
    }
}
