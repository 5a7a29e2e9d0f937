import EventLoop

extension Agent {
    /// Has samples and rules go on by the new time when the clock is set.
    func watchClock() {
        ClockWatch(ground, samples.store) { [weak self] in
            guard let self else { return }
            ground.core.submit { [weak self] in self?.rules.clockWasSet() }
        }.start()
    }
}
