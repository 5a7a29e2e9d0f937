import Foundation
import Glibc
import Testing

@testable import History

/// A disk that is really full: a small file system in memory, which only root may mount.
@Suite struct `A disk that is really full` {
    @Test(.enabled(if: geteuid() == 0)) func `Fails what waits for it, harms nothing, and goes on when there is room`()
        throws
    {
        let point = NSTemporaryDirectory() + "medic-full-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: point, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: point) }
        guard unsafe mount("medic", point, "tmpfs", 0, "size=2m") == 0 else { return }
        defer { _ = unsafe umount2(point, Int32(MNT_DETACH)) }
        let place = try Place(in: point)
        let store = try place.open()
        var written = 0
        var failure: HistoryError?
        while failure == nil && written < 100_000 {
            do {
                try store.put((written..<written + 100).map { .record(transition($0)) })
                written += 100
            } catch { failure = error as? HistoryError }
        }
        #expect(failure == .full(path: place.path))
        #expect(written > 0)
        #expect(try store.count() == written)
        #expect(try store.findDamage() == [])
        unsafe _ = mount("medic", point, "tmpfs", UInt(MS_REMOUNT), "size=8m")
        try store.put([.record(transition(written))])
        #expect(try store.count() == written + 1)
        store.close()
        let again = try place.open()
        #expect(again.opening == .usual)
        #expect(try again.count() == written + 1)
        again.close()
    }
}
