import Configuration
import EventLoop
import Instruments
import Logging
import Metrics
import Storage

/// Turns the bodies of one target into frames of the store.
///
/// In the steady state nothing is allocated and no label is looked at: the memory compares the body with the last one, and the
/// row of values goes into the store as it is.
final class ScrapeDigest {
    enum Outcome {
        case samples(ScrapeReport)
        /// Why there are no samples.
        case failure(String)
    }

    private static let tooManySamples = "sample limit exceeded"

    private let context: ScrapeContext
    private let target: ScrapeTarget
    private var labels: SeriesLabels
    private var memory: ScrapeMemory
    private var writer: FrameWriter?
    private var own: OwnSeries?
    // What the scrape under way is found to be, line by line.
    private var fault: String?
    private var fresh: [Int] = []
    private var hasRead = false
    /// How the body under way is read, once its first piece has come.
    private var underWay: ExpositionFormat?
    /// What is to be adopted when the scrape under way has ended.
    private var adoption: ScrapeSettings?
    private var asked = 0
    private var beyondLimit = 0
    /// Slots that end with the next frame though the memory does not know them.
    private var ending: [Int] = []
    private var failedReport = ScrapeReport()
    /// How the type of the last answer is read.
    private var lastChoice: (contentType: String?, choice: ExpositionFormat.Choice)?
    private var isRefusalTold = false
    /// Whether series were refused in this scrape, and whether that was told since the last one without.
    private var hasRefusedSeries = false
    private var isSeriesRefusalTold = false
    /// When it is tried again to store what was refused. What a line is, is asked only once, so all lines are then looked at anew.
    private var nextTry: MonotonicInstant?
    private static let scrapesBetweenTries = 10

    init(_ context: ScrapeContext, _ target: ScrapeTarget, _ settings: ScrapeSettings) {
        self.context = context
        self.target = target
        labels = SeriesLabels(target: target.labels, settings: settings)
        memory = ScrapeMemory(honorsTimestamps: settings.honorsTimestamps)
    }

    /// Where the frames are; nil before the first.
    var timeline: TimelineID? { writer?.timeline }

    /// Help, type and unit of the metrics in the last scrape.
    var metadata: [FamilyMetadata] { memory.metadata() }

    /// Other settings: all lines are looked at anew, and what does not come again ends then. Where a body is half read, the next is
    /// the first to be read so.
    func adopt(_ settings: ScrapeSettings) {
        if underWay == nil { become(settings) } else { adoption = settings }
    }

    private func become(_ settings: ScrapeSettings) {
        let ownSlots = own?.slots ?? []
        let row = memory.row
        ending += row.indices.filter { !row[$0].isAbsent && !row[$0].isStaleMarker && !ownSlots.contains($0) }
        // Those that the target no longer has about itself end too.
        ending += settings.hasExtraMetrics ? [] : ownSlots.dropFirst(5)
        labels = SeriesLabels(target: target.labels, settings: settings)
        memory = ScrapeMemory(honorsTimestamps: settings.honorsTimestamps)
        own = nil
        lastChoice = nil
    }

    /// All series end.
    func close(at time: Timestamp) {
        writer?.close(at: time)
        writer = nil
        own = nil
        memory = ScrapeMemory(honorsTimestamps: labels.settings.honorsTimestamps)
    }

    // MARK: Reading

    /// A body begins to arrive.
    func begin(contentType: String?) {
        switch choice(for: contentType) {
        case .format(let known), .fallback(let known, _): begin(as: known)
        case .refused: break
        }
    }

    private func begin(as format: ExpositionFormat) {
        if let due = nextTry, due <= .now, context.store.takesSeries {
            nextTry = nil
            become(labels.settings)
        }
        underWay = format
        memory.begin(as: format)
    }

    /// Takes the next piece of a body, and leaves in `rest` what waits for its end; false where that is too much.
    func take(_ piece: Span<UInt8>, rest: inout ScrapeBody) -> Bool {
        underWay == nil ? rest.append(piece) : memory.take(piece, rest: &rest)
    }

    /// The scrape has ended, or does not go on.
    func settle() {
        if underWay != nil { memory.abandon() }
        underWay = nil
        if let adoption { become(adoption) }
        adoption = nil
    }

    /// Reads what is left of a body; its values are then in the memory's row.
    func read(_ rest: inout ScrapeBody, contentType: String?) -> Outcome {
        switch choice(for: contentType) {
        case .format(let known), .fallback(let known, _): if underWay == nil { begin(as: known) }
        case .refused(let refusal): return .failure(Self.words(refusal, contentType))
        }
        underWay = nil
        guard openWriter() else { return .failure("the store takes no more timelines") }
        hasRead = true
        fault = nil
        asked = 0
        beyondLimit = 0
        let report: ScrapeReport
        do throws(ExpositionError) {
            report = try memory.end(with: &rest) { parser in slot(for: parser) }
        } catch {
            return .failure(error.description)
        }
        context.meters.samples.add(UInt64(clamping: report.samples))
        context.meters.coldLines.add(UInt64(clamping: report.coldLines))
        if fault == nil {
            context.meters.dropped.add(UInt64(clamping: report.samples - report.kept - report.duplicates))
        }
        let limit = labels.settings.limits.samples
        if fault == nil, limit > 0, report.kept + report.duplicates > limit { fault = Self.tooManySamples }
        guard let fault else { return .samples(report) }
        // Prometheus reads to the end to tell how far beyond the limit it is, and stops at anything else.
        let isWhole = fault == Self.tooManySamples
        failedReport = report
        failedReport.samples = isWhole ? report.samples : asked
        failedReport.kept = isWhole ? report.kept + beyondLimit : fresh.count
        failedReport.duplicates = isWhole ? report.duplicates : 0
        return .failure(fault)
    }

    /// A target says the same type each time: what follows from it is worked out once.
    private func choice(for contentType: String?) -> ExpositionFormat.Choice {
        if let lastChoice, lastChoice.contentType == contentType { return lastChoice.choice }
        let choice = ExpositionFormat.choose(contentType: contentType, fallback: labels.settings.fallback?.format)
        lastChoice = (contentType, choice)
        return choice
    }

    private static func words(_ refusal: ExpositionFormat.Refusal, _ contentType: String?) -> String {
        let type = contentType.map { $0.isEmpty ? "blank" : Labels.quoted($0) } ?? "blank"
        return refusal == .missing
            ? "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target"
            : "received unsupported Content-Type \(type) and no fallback_scrape_protocol specified for target"
    }

    private func slot(for parser: ExpositionParser) -> Int? {
        guard fault == nil || fault == Self.tooManySamples, let writer else { return nil }
        asked += 1
        do throws(SeriesLabels.Refusal) {
            guard let labels = try labels.labels(of: parser) else { return nil }
            // A target that goes on and on beyond its limit must not fill the index meanwhile.
            let limit = self.labels.settings.limits.samples
            if limit > 0, fresh.count >= limit {
                fault = Self.tooManySamples
                beyondLimit += 1
                return nil
            }
            do throws(StorageRefusal) {
                let slot = try writer.slot(for: labels)
                fresh.append(slot)
                return slot
            } catch {
                refuseSeries(error)
                return writer.sink
            }
        } catch {
            fault = error.reason
            return nil
        }
    }

    private func refuseSeries(_ refusal: StorageRefusal) {
        context.meters.refusedSeries.add()
        hasRefusedSeries = true
        nextTry = .now + .milliseconds(target.interval.rawValue) * Self.scrapesBetweenTries
        guard !isSeriesRefusalTold else { return }
        isSeriesRefusalTold = true
        context.log.warning("series of a target are not stored", ["target": target.url, "error": refusal])
    }

    private func openWriter() -> Bool {
        if writer != nil { return true }
        let name = "scrape \(labels.settings.job) \(target.url) \(target.labels)"
        writer = try? context.store.openTimeline(named: name)
        writer?.promise(every: target.interval)
        return writer != nil
    }

    // MARK: Storing

    /// Makes of the memory what it is after a failed scrape: all series end.
    func fail(_ reason: String) -> Outcome {
        // What the failed body has ended stays ended, and what it would have begun has never been.
        if hasRead { ending += memory.vanished }
        underWay = nil
        memory.fail()
        let ended = Set(ending)
        for slot in fresh where !ended.contains(slot) {
            memory.set(MarkerNaN.absent, at: slot)
            writer?.release(slot)
        }
        return .failure(reason)
    }

    /// Puts the row into the store, with the series about the scrape itself. What the store refuses is counted and told.
    func store(_ outcome: Outcome, at time: Timestamp, began: MonotonicInstant, bodyBytes: Int) -> Outcome {
        guard openWriter(), let writer else { return outcome }
        if own == nil { own = OwnSeries(writer, labels) }
        endOthers()
        var values = OwnSeries.Values()
        values.bodyBytes = bodyBytes
        if case .samples(let report) = outcome {
            values.isUp = true
            count(report, into: &values)
        } else {
            count(failedReport, into: &values)
            failedReport = ScrapeReport()
        }
        values.duration = Double((MonotonicInstant.now - began).wholeNanoseconds) / 1e9
        own?.put(values, labels, timeout: target.timeout, into: &memory)
        do throws(StorageRefusal) {
            try unsafe memory.withRow { row throws(StorageRefusal) in try unsafe writer.append(at: time, values: row) }
            isRefusalTold = false
        } catch {
            context.meters.refusedFrames.add()
            if !isRefusalTold {
                isRefusalTold = true
                context.log.warning("a scrape is not stored", ["target": target.url, "error": error])
            }
        }
        storeTimed(writer, at: time)
        letGo(writer)
        // Told once, until there was room again: a target that comes and goes meanwhile is no news.
        if !hasRefusedSeries, nextTry == nil { isSeriesRefusalTold = false }
        hasRefusedSeries = false
        return outcome
    }

    private func count(_ report: ScrapeReport, into values: inout OwnSeries.Values) {
        values.scraped = report.samples
        values.kept = report.kept + report.duplicates
        values.added = report.added
    }

    /// Puts the marker into the slots that end beside those that the memory knows of.
    private func endOthers() {
        guard !ending.isEmpty else { return }
        let row = memory.row
        ending = ending.filter { $0 >= row.count || row[$0].isAbsent }
        for slot in ending { memory.set(MarkerNaN.stale, at: slot) }
    }

    /// Slots whose series are gone may go to others once their samples are gone too.
    private func letGo(_ writer: FrameWriter) {
        for slot in ending {
            memory.set(MarkerNaN.absent, at: slot)
            writer.release(slot)
        }
        ending.removeAll()
        for slot in memory.vanished { writer.release(slot) }
        fresh.removeAll(keepingCapacity: true)
        hasRead = false
    }

    /// Samples with times of their own, and the ends of such series where that is wanted.
    private func storeTimed(_ writer: FrameWriter, at time: Timestamp) {
        for sample in memory.timedSamples {
            try? writer.append(sample.value, at: sample.timestamp, slot: sample.slot)
        }
        guard labels.settings.tracksTimestampsStaleness, !memory.vanished.isEmpty else { return }
        unsafe memory.withRow { row in
            for slot in memory.vanished where unsafe row[slot].isAbsent {
                try? writer.append(MarkerNaN.stale, at: time, slot: slot)
            }
        }
    }
}
