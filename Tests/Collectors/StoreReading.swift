import Metrics
import Storage

extension SampleStore {
    /// The newest value of every series with this name and these labels, staleness markers included.
    func newest(_ name: String, _ labels: [String: String] = [:]) -> [Labels: Double] {
        let matchers =
            [LabelMatcher(Labels.metricName, equals: name)] + labels.map { LabelMatcher($0.key, equals: $0.value) }
        let found = readIndex { index in
            index.select(matchers).compactMap { series in
                index.currentHome(of: series).map { (index.labels(of: series), $0) }
            }
        }
        var values: [Labels: Double] = [:]
        for (labels, home) in found {
            let view = view(of: home.timeline)
            var frame = view.endFrame - 1
            while frame >= view.firstFrame {
                let value = view.value(slot: home.slot, frame: frame)
                frame -= 1
                if value.isAbsent { continue }
                values[labels] = value
                break
            }
        }
        return values
    }

    /// The newest value of the one series with this name and these labels; nil when it has ended, or there is none.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let values = newest(name, labels).values.filter { !$0.isStaleMarker }
        return values.count == 1 ? values.first : nil
    }

    /// How often series with this name and these labels have ended so far.
    func endings(_ name: String, _ labels: [String: String] = [:]) -> Int {
        let matchers =
            [LabelMatcher(Labels.metricName, equals: name)] + labels.map { LabelMatcher($0.key, equals: $0.value) }
        let homes = readIndex { index in index.select(matchers).flatMap { index.homes(of: $0) } }
        return homes.reduce(0) { sum, home in
            let view = view(of: home.timeline)
            let ends = (view.firstFrame..<view.endFrame).count { frame in
                let value = view.value(slot: home.slot, frame: frame)
                return !value.isAbsent && value.isStaleMarker
            }
            return sum + ends
        }
    }
}
