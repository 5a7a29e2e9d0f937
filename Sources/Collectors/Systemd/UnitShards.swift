import Metrics
import Storage
import Systemd

/// The sheets of the units. Each holds a few, so that a change of one unit writes a short row, however many units there are.
final class UnitShards {
    /// Some 300 numbers: a row of two kilobytes.
    private static let unitsPerShard = 48

    private struct Shard {
        let sheet: SampleSheet
        var units = 0
        var isChanged = false
    }

    private let store: SampleStore
    private let labels: Labels
    private let interval: Milliseconds
    private var shards: [Shard] = []

    init(_ store: SampleStore, labels: Labels, every interval: Milliseconds) {
        self.store = store
        self.labels = labels
        self.interval = interval
    }

    /// Gives the unit its series, on the first sheet with room for it.
    func place(_ record: UnitRecord) throws(StorageRefusal) {
        let place: Int
        if let free = shards.firstIndex(where: { $0.units < Self.unitsPerShard }) {
            place = free
        } else {
            place = shards.count
            let name = "systemd/units/\(place)"
            shards.append(Shard(sheet: try SampleSheet(store, named: name, labels: labels, every: interval)))
        }
        shards[place].units += 1
        record.series = UnitSeries(record, shard: place, sheet: shards[place].sheet)
    }

    func remove(_ record: UnitRecord) {
        guard let series = record.series else { return }
        series.drop()
        record.series = nil
        shards[series.shard].units -= 1
        shards[series.shard].isChanged = true
    }

    func noteChange(_ shard: Int) { shards[shard].isChanged = true }

    var refusedLines: Int { shards.reduce(0) { $0 + $1.sheet.refusedLines } }
    var refusedRows: Int { shards.reduce(0) { $0 + $1.sheet.refusedRows } }

    /// Writes what has changed, or everything.
    func commit(all: Bool, at time: Timestamp, landed: (TimelineID, Timestamp) -> Void) {
        for place in shards.indices where shards[place].isChanged || (all && shards[place].units > 0) {
            commit(place, at: time, landed: landed)
        }
    }

    func commit(_ place: Int, at time: Timestamp, landed: (TimelineID, Timestamp) -> Void) {
        let sheet = shards[place].sheet
        guard let written = sheet.commit(at: time) else { return }
        shards[place].isChanged = false
        landed(sheet.timeline, written)
    }
}
