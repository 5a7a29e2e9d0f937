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

    /// The newest sample that counts in a home. Before the home began the series lived elsewhere: where nothing counts yet,
    /// the moment before that is as if it had a sample of no value.
    func newestSample(in home: Home) -> (time: Int64, value: Double)? {
        if let newest = newestSample(slot: home.slot), newest.time >= home.since { return newest }
        return home.since == .min ? nil : (home.since - 1, MarkerNaN.absent)
    }
}
