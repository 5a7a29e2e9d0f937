public import Metrics

/// One reading of both clocks: the wall's, which people read and anybody may set, and the kernel's monotonic one, which only ever
/// goes forward but begins anew with each boot.
///
/// How long ago something was is measured on the monotonic clock, so that setting the clock frees no budget and ends no
/// cooldown. Only across a boot is the wall's word taken, and then never for less than nothing.
public struct Moment: Sendable, Hashable {
    public let wall: Timestamp
    /// `CLOCK_MONOTONIC`: it stands still while the machine sleeps, so that what is bounded by it is bounded by time awake.
    public let monotonic: Milliseconds
    /// Tells boots apart: readings of `monotonic` can be compared within one only. Any number made of the kernel's boot id.
    public let boot: Int64

    public init(wall: Timestamp, monotonic: Milliseconds, boot: Int64) {
        self.wall = wall
        self.monotonic = monotonic
        self.boot = boot
    }

    /// How long ago this was, never less than nothing.
    public func age(at now: Moment) -> Milliseconds {
        Swift.max(.zero, boot == now.boot ? now.monotonic - monotonic : now.wall - wall)
    }

    /// The same moment on the clocks of the present boot, from where it ages by the monotonic clock alone.
    func rebased(at now: Moment) -> Moment {
        guard boot != now.boot else { return self }
        return Moment(wall: wall, monotonic: now.monotonic - age(at: now), boot: now.boot)
    }

    /// The moment so much later, as far as can be known now.
    public static func + (moment: Moment, span: Milliseconds) -> Moment {
        Moment(wall: moment.wall + span, monotonic: moment.monotonic + span, boot: moment.boot)
    }
}
