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
}
