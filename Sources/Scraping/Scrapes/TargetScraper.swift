import Configuration
import EventLoop
import HTTPClient
import HTTPSettings
import Instruments
import Logging
import Metrics
import Storage
import Synchronization

/// Scrapes one target again and again.
///
/// Unchecked: confined to the loop; only `status` is read from elsewhere, under its lock.
final class TargetScraper: @unchecked Sendable {
    let context: ScrapeContext
    private(set) var target: ScrapeTarget
    private(set) var settings: ScrapeSettings
    private let shared: Mutex<(target: ScrapeTarget, status: TargetStatus)>
    /// Why nothing is to be scraped though there is a target, such as too many of them.
    var standingRefusal: String?

    private var call: HTTPCall?
    private var body: ScrapeBody?
    private var bodyBytes = 0
    /// Whether the answer was given up because too much memory is taken by answers.
    private var lacksRoom = false
    var digest: ScrapeDigest
    private var timer: TimerToken?
    private var due = MonotonicInstant.now
    private var plannedTime: Int64 = 0
    private var began = MonotonicInstant.now
    private var beganAt = Timestamp.epoch
    private var lastRefusal: String?
    /// The end of the target, when it has been announced.
    private var departure: TimerToken?

    init(_ context: ScrapeContext, _ target: ScrapeTarget, _ settings: ScrapeSettings) {
        self.context = context
        self.target = target
        self.settings = settings
        shared = Mutex((target, TargetStatus()))
        digest = ScrapeDigest(context, target, settings)
    }

    /// What others may know of it. From any thread.
    var facts: (target: ScrapeTarget, status: TargetStatus) { shared.withLock { $0 } }

    private var status: TargetStatus { facts.status }

    // MARK: Life

    /// Scrapes from now on, at this target's place in the interval.
    func start() {
        precondition(context.loop.isCurrent, "targets are scraped on the loop")
        departure?.cancel()
        departure = nil
        call = makeCall()
        schedule()
    }

    /// Scrapes in this way from now on. The series stay; those that the new way does not yield end with the next scrape.
    func adopt(_ target: ScrapeTarget, _ settings: ScrapeSettings) {
        var asking = self.settings
        asking.demand = settings.demand
        // Which series are kept changes nothing about how they are asked for.
        let isAskedAlike =
            settings == asking && target.interval == self.target.interval && target.timeout == self.target.timeout
        if target != self.target { shared.withLock { $0.target = target } }
        self.target = target
        if settings != self.settings {
            self.settings = settings
            digest.adopt(settings)
        }
        if isAskedAlike, timer != nil { return }
        silence()
        start()
    }

    /// Scrapes no more. The series stay as they are: whoever starts again goes on with them.
    func stop() {
        departure?.cancel()
        departure = nil
        silence()
    }

    /// The target is gone. Its series end at the time of the scrape that does not come, and are told to when that is surely not
    /// coming: the same series may be found at another target meanwhile, and that one's samples count.
    func depart(then done: @escaping @Sendable () -> Void) {
        silence()
        let interval = Duration.milliseconds(target.interval.rawValue)
        departure = context.loop.after(interval * 2 + interval / 10) { [self] in
            departure = nil
            if status.lastScrape != nil {
                let end = Timestamp(milliseconds: plannedTime)
                digest.close(at: end)
            }
            done()
        }
    }

    private func silence() {
        timer?.cancel()
        timer = nil
        let running = call
        call = nil
        running?.cancel()
        digest.settle()
        if let unused = arrived() { context.giveBack(unused) }
    }

    // MARK: Time

    private func schedule() {
        let interval = max(1, target.interval.rawValue)
        let nanoseconds = Int64(clamping: interval.multipliedReportingOverflow(by: 1_000_000).partialValue)
        let place = Int64((target.spread ^ context.seed) % UInt64(max(1, nanoseconds)))
        let now = WallClock.now
        // Counted from the epoch, so that a restart finds the same moments.
        let phase = place / 1_000_000
        let sinceLast = (now - phase) % interval
        let wait = interval - (sinceLast < 0 ? sinceLast + interval : sinceLast)
        plannedTime = now + wait
        due = MonotonicInstant.now + .milliseconds(wait)
        timer = context.loop.at(due) { [weak self] in self?.tick() }
    }

    private func tick() {
        let interval = Duration.milliseconds(target.interval.rawValue)
        began = .now
        beganAt = alignedTime()
        due = due + interval
        plannedTime += target.interval.rawValue
        while due <= began {
            context.meters.missed.add()
            due = due + interval
            plannedTime += target.interval.rawValue
        }
        timer = context.loop.at(due) { [weak self] in self?.tick() }
        guard let call, !call.isRunning else { return context.meters.missed.add() }
        bodyBytes = 0
        lacksRoom = false
        if let standingRefusal { return finish(.failure(standingRefusal)) }
        call.start()
    }

    /// The moment that was planned, where the clock is near it: regular times are stored in fewer bytes.
    private func alignedTime() -> Timestamp {
        let now = WallClock.now
        let tolerance = min(2, target.interval.rawValue / 100)
        let difference = now - plannedTime
        if difference.magnitude <= UInt64(tolerance) { return Timestamp(milliseconds: plannedTime) }
        // The clock was set, or stood still with the machine: from now on it is planned by what it says.
        if difference.magnitude > UInt64(target.interval.rawValue) { plannedTime = now }
        return Timestamp(milliseconds: now)
    }

    // MARK: One scrape

    private func makeCall() -> HTTPCall {
        var way = settings.client
        if let socket = target.unixSocket { way.unixSocket = socket }
        let limit = settings.limits.bodyBytes
        let request = HTTPRequest(
            "GET",
            target.requestURL,
            headers: [
                HTTPHeader("Accept", settings.acceptHeader),
                HTTPHeader("X-Prometheus-Scrape-Timeout-Seconds", Number.general(target.timeout.seconds)),
            ],
            timeout: .milliseconds(target.timeout.rawValue),
            bodyLimit: limit > 0 ? limit : .max,
            acceptsCompression: settings.acceptsCompression
        )
        return context.client.call(
            request,
            settings: way,
            sink: { [weak self] piece in self?.take(piece) ?? false },
            then: { [weak self] result in self?.answered(result) }
        )
    }

    private func take(_ piece: Span<UInt8>) -> Bool {
        if bodyBytes == 0 { digest.begin(contentType: call?.contentType) }
        bodyBytes += piece.count
        var rest = body.take() ?? context.takeBody()
        defer { body = rest }
        lacksRoom = !context.take(piece.count, into: &rest) { rest in digest.take(piece, rest: &rest) }
        return !lacksRoom
    }

    /// What is kept of what has arrived, which takes up no room of the answers under way any more.
    private func arrived() -> ScrapeBody? {
        guard let body = body.take() else { return nil }
        context.release(body)
        return body
    }

    private func answered(_ result: Result<HTTPResponse, HTTPClientError>) {
        switch result {
        case .success(let response) where response.status == 200: finish(read(response.contentType))
        case .success(let response):
            finish(.failure("server returned HTTP status \(response.status) \(HTTPStatus.reason(response.status))"))
        case .failure(.cancelled) where call == nil: break
        case .failure(.bodyTooLarge):
            let reason =
                lacksRoom
                ? "the answer is larger than what there is room for beside those of other targets"
                    + " (\(bodyBytes) bytes arrived); if it is meant to be, set body_size_limit of its job to what it may have"
                : "body size limit exceeded"
            bodyBytes = -1
            finish(.failure(reason))
        case .failure(.credentials(let reason)): finish(.failure(reason))
        // The request was answered, and the answer did not end.
        case .failure(.timeout) where bodyBytes > 0: finish(.failure("\(HTTPClientError.timeout)"))
        case .failure(let error): finish(.failure("Get \(Labels.quoted(target.url)): \(error)"))
        }
    }

    private func read(_ contentType: String?) -> ScrapeDigest.Outcome {
        var full = arrived() ?? context.takeBody()
        defer { context.giveBack(full) }
        return digest.read(&full, contentType: contentType)
    }

    private func finish(_ outcome: ScrapeDigest.Outcome) {
        if let unused = arrived() { context.giveBack(unused) }
        var outcome = outcome
        if case .failure(let reason) = outcome { outcome = digest.fail(reason) }
        outcome = digest.store(outcome, at: beganAt, began: began, bodyBytes: bodyBytes)
        digest.settle()
        context.meters.scrapes.add()
        tell(outcome)
        publish(outcome)
        if let timeline = digest.timeline { context.landed(timeline, beganAt) }
    }

    private func publish(_ outcome: ScrapeDigest.Outcome) {
        let duration = MonotonicInstant.now - began
        shared.withLock { shared in
            var status = shared.status
            defer { shared.status = status }
            status.lastScrape = beganAt
            status.lastDuration = duration
            switch outcome {
            case .samples(let report):
                status.health = .up
                status.samples = report.samples
                if !status.lastError.isEmpty { status.lastError = "" }
            case .failure(let reason):
                status.health = .down
                status.samples = 0
                status.lastError = reason
            }
        }
    }

    /// Logs what has changed, not each scrape.
    private func tell(_ outcome: ScrapeDigest.Outcome) {
        switch outcome {
        case .samples:
            guard lastRefusal != nil else { return }
            lastRefusal = nil
            context.log.info("a target is up again", ["job": settings.job, "target": target.url])
        case .failure(let reason):
            context.meters.failures.add()
            guard lastRefusal != reason else { return }
            if lastRefusal == nil {
                context.log.warning("a scrape failed", ["job": settings.job, "target": target.url, "error": reason])
            }
            lastRefusal = reason
        }
    }
}

extension ScrapeSettings {
    /// What the target is offered to answer in, best first.
    var acceptHeader: String {
        let escaping = "escaping=\(nameEscaping.rawValue)"
        var weight = protocols.count + 2
        var parts: [String] = []
        for offered in protocols {
            let type =
                switch offered {
                case .openMetrics1: "application/openmetrics-text;version=1.0.0;\(escaping)"
                case .openMetrics0: "application/openmetrics-text;version=0.0.1"
                case .text1: "text/plain;version=1.0.0;\(escaping)"
                case .text0: "text/plain;version=0.0.4"
                }
            parts.append("\(type);q=0.\(weight)")
            weight -= 1
        }
        return (parts + ["*/*;q=0.\(weight)"]).joined(separator: ",")
    }
}

/// The words that go with a status.
enum HTTPStatus {
    static func reason(_ status: Int) -> String {
        switch status {
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 410: "Gone"
        case 413: "Request Entity Too Large"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: ""
        }
    }
}
