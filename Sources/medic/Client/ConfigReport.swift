import JSON
import Metrics

/// A tracked file and its versions as the agent tells of them.
struct TrackedFileReport: Sendable {
    struct Version: Sendable {
        let digest: String
        let size: Int64
        let isCurrent: Bool
        let placed: Timestamp?
        let good: Timestamp?
        let bad: Timestamp?

        /// As much of the digest as people need.
        var short: String { String(digest.prefix(12)) }

        init(_ tree: JSONValue) {
            digest = tree.text("version")
            size = tree["size"]?.integer ?? 0
            isCurrent = tree["isCurrent"]?.boolean ?? false
            placed = tree.moment("placed")
            good = tree.moment("good")
            bad = tree.moment("bad")
        }
    }

    let path: String
    let units: [String]
    let goodAfter: String
    let isPresent: Bool
    /// The newest first.
    let versions: [Version]
    /// As it came, for machines.
    let tree: JSONValue

    init(_ tree: JSONValue) {
        self.tree = tree
        path = tree.text("file")
        units = (tree["units"]?.array ?? []).compactMap(\.string)
        goodAfter = tree.text("goodAfter")
        isPresent = tree["isPresent"]?.boolean ?? false
        versions = (tree["versions"]?.array ?? []).map(Version.init)
    }
}

extension AgentClient {
    func trackedFiles(_ path: String?) throws(AgentFailure) -> [TrackedFileReport] {
        let answer = try get("/medic/v1/config/versions", path.map { [("file", $0)] } ?? [])
        return (answer["files"]?.array ?? []).map(TrackedFileReport.init)
    }
}
