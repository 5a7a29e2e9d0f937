import EventLoop
import Files
import Metrics
import Playbooks

/// Reads both clocks for the run machine.
struct HealingClock: Sendable {
    /// Tells this boot from others.
    private let boot: Int64

    init() {
        let text = (try? FileSystem.readText("/proc/sys/kernel/random/boot_id", limit: 100)) ?? ""
        // FNV-1a: the same number for the same boot in every process.
        let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        boot = Int64(bitPattern: hash)
    }

    var now: Moment {
        Moment(
            wall: Timestamp(milliseconds: WallClock.now),
            monotonic: Milliseconds(MonotonicInstant.now.nanoseconds / 1_000_000),
            boot: boot
        )
    }

    /// How long the host has been up.
    var hostUptime: Milliseconds {
        let text = (try? FileSystem.readText("/proc/uptime", limit: 100)) ?? ""
        let seconds = text.split(separator: " ").first.flatMap { Double($0) } ?? 0
        return Milliseconds(Int64(seconds * 1_000))
    }
}
