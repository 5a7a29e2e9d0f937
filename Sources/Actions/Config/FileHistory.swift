public import JSON
public import Metrics

/// What is known of the versions of one file. A value: it decides which is good, and touches nothing.
public struct FileHistory: Sendable, Hashable {
    /// One content that the file has had.
    public struct Version: Sendable, Hashable {
        /// SHA-256 in hexadecimal digits; the content is stored under it.
        public let digest: String
        public let size: Int
        /// When it was first seen in place.
        public var firstSeen: Timestamp
        /// When it was last put in place.
        public var placed: Timestamp
        /// Since when it has been in place without trouble; nil while there is trouble or it is not in place.
        public var quietSince: Timestamp?
        /// When it was last found to be good.
        public var good: Timestamp?
        /// When it was rolled back from; nil once it has proven itself after all.
        public var bad: Timestamp?
    }

    public let path: String
    /// The oldest first, by when they were last put in place.
    public private(set) var versions: [Version] = []
    /// The digest of what is in place; nil when the file is not there.
    public private(set) var current: String?

    public init(path: String) {
        self.path = path
    }

    /// The content that is in place now, and since when. Whether it is another than before.
    public mutating func see(_ digest: String, size: Int, placed: Timestamp? = nil, at now: Timestamp) -> Bool {
        guard current != digest else { return false }
        leaveCurrent()
        if let index = versions.firstIndex(where: { $0.digest == digest }) {
            var version = versions.remove(at: index)
            version.placed = placed ?? now
            version.quietSince = now
            versions.append(version)
        } else {
            versions.append(
                Version(digest: digest, size: size, firstSeen: now, placed: placed ?? now, quietSince: now)
            )
        }
        current = digest
        return true
    }

    /// The file is not there.
    public mutating func miss() {
        leaveCurrent()
        current = nil
    }

    /// Whether an alert fires on the file's units. What has been quiet for long enough is good. Whether that is new.
    public mutating func judge(isTroubled: Bool, goodAfter: Milliseconds, at now: Timestamp) -> Bool {
        guard let index = versions.firstIndex(where: { $0.digest == current }) else { return false }
        if isTroubled {
            versions[index].quietSince = nil
            return false
        }
        // A clock that was set back begins the wait anew.
        guard let since = versions[index].quietSince, since <= now else {
            versions[index].quietSince = now
            return false
        }
        guard now - since >= goodAfter else { return false }
        let isNew = versions[index].good == nil
        versions[index].good = now
        versions[index].bad = nil
        return isNew
    }

    /// A content was rolled back from: it is not gone back to until it has proven itself.
    public mutating func condemn(_ digest: String, size: Int, at now: Timestamp) {
        if let index = versions.firstIndex(where: { $0.digest == digest }) {
            versions[index].good = nil
            versions[index].quietSince = nil
            versions[index].bad = now
        } else {
            // It came and went between two looks. What is in place was put there later.
            let version = Version(digest: digest, size: size, firstSeen: now, placed: now, bad: now)
            versions.insert(version, at: max(0, versions.count - 1))
        }
    }

    /// Nobody looked for a while, so nothing was seen to be quiet.
    public mutating func beginAnew() {
        for index in versions.indices { versions[index].quietSince = nil }
    }

    /// The version to go back to: the last good one that is not in place.
    public var lastKnownGood: Version? {
        versions.last { $0.good != nil && $0.digest != current }
    }

    /// Whether what is in place is known to be good.
    public var isCurrentGood: Bool { versions.contains { $0.digest == current && $0.good != nil } }

    /// The one version whose digest begins so; nil where none or more than one does.
    public func version(_ prefix: String) -> Version? {
        let found = versions.filter { $0.digest.utf8.starts(with: prefix.utf8) }
        return found.count == 1 && prefix.utf8.count >= 6 ? found[0] : nil
    }

    /// Forgets the oldest beyond the count, but never what is in place and never the last two good ones. The digests that are gone.
    public mutating func prune(keep: Int) -> [String] {
        let precious = Set(versions.filter { $0.good != nil }.suffix(2).map(\.digest)).union(current.map { [$0] } ?? [])
        var gone: [String] = []
        while versions.count > keep, let index = versions.firstIndex(where: { !precious.contains($0.digest) }) {
            gone.append(versions.remove(at: index).digest)
        }
        return gone
    }

    private mutating func leaveCurrent() {
        guard let index = versions.firstIndex(where: { $0.digest == current }) else { return }
        versions[index].quietSince = nil
    }
}

extension FileHistory {
    public var json: JSONValue {
        func time(_ time: Timestamp?) -> JSONValue { time.map { .integer($0.rawValue) } ?? .null }
        let versions = versions.map { version -> JSONValue in
            [
                "digest": .string(version.digest), "size": .integer(Int64(version.size)),
                "first_seen": time(version.firstSeen), "placed": time(version.placed),
                "quiet_since": time(version.quietSince), "good": time(version.good), "bad": time(version.bad),
            ]
        }
        return ["path": .string(path), "current": current.map { .string($0) } ?? .null, "versions": .array(versions)]
    }

    public init?(json: JSONValue) {
        guard let path = json["path"]?.string, let entries = json["versions"]?.array else { return nil }
        func time(_ entry: JSONValue, _ name: String) -> Timestamp? {
            entry[name]?.integer.map { Timestamp(milliseconds: $0) }
        }
        self.path = path
        current = json["current"]?.string
        for entry in entries {
            guard let digest = entry["digest"]?.string, let size = entry["size"]?.integer,
                let firstSeen = time(entry, "first_seen"), let placed = time(entry, "placed")
            else { return nil }
            versions.append(
                Version(
                    digest: digest,
                    size: Int(clamping: size),
                    firstSeen: firstSeen,
                    placed: placed,
                    quietSince: time(entry, "quiet_since"),
                    good: time(entry, "good"),
                    bad: time(entry, "bad")
                )
            )
        }
    }
}
