import Metrics

extension Timeline {
    /// The newest sample of a slot, staleness markers included.
    func newestSample(slot: Int) -> (time: Int64, value: Double)? {
        let view = view()
        var frame = view.endFrame - 1
        while frame >= view.firstFrame {
            let value = view.value(slot: slot, frame: frame)
            if !value.isAbsent { return (view.timestamp(of: frame), value) }
            frame -= 1
        }
        return nil
    }

    func newestSampleTime(slot: Int) -> Int64? { newestSample(slot: slot)?.time }

    /// From when on a slot answers for a series that has no other home. A slot may be used again, but only after the
    /// samples of its former series are gone.
    func sinceForNewSeries(_ writing: Writing) -> Int64 { .min }
}
