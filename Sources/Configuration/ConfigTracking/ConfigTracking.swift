public import Metrics
import Rules
public import YAML

/// The section `config`: the files of other programs whose versions medic keeps, so that it can go back to one that worked.
public struct ConfigTracking: Sendable, Hashable {
    public var files: [TrackedFile] = []

    public init() {}

    public static var shape: Shape<ConfigTracking> {
        .structure("what is tracked") { fields in
            var tracking = ConfigTracking()
            let goodAfter = fields.value("good_after", .milliseconds, default: .minutes(10))
            let drafts = fields.value("track", .list(of: TrackedFile.shape(goodAfter: goodAfter)), default: [])
            for (index, file) in drafts.enumerated()
            where drafts.prefix(index).contains(where: { $0.path == file.path }) {
                fields.refuse("config/repeated", "the file '\(file.path)' is tracked twice", at: "track")
            }
            tracking.files = drafts
            return tracking
        }
    }
}

/// A file whose versions are kept.
public struct TrackedFile: Sendable, Hashable {
    public let path: String
    /// The units that read it: a version in place is known good when no alert fired on them for long enough.
    public let units: [String]
    public let goodAfter: Milliseconds
    /// So many versions are kept; the known good one always is.
    public let keep: Int

    public init(path: String, units: [String] = [], goodAfter: Milliseconds = .minutes(10), keep: Int = 20) {
        self.path = path
        self.units = units
        self.goodAfter = goodAfter
        self.keep = keep
    }

    /// A path alone, or a mapping.
    static func shape(goodAfter: Milliseconds) -> Shape<TrackedFile> {
        let path = Shape<String>.nonEmptyString.narrowed(to: "the absolute path of a file, without '..'") {
            PermittedPath.isPlain($0) ? $0 : nil
        }
        let mapping = Shape<TrackedFile>.structure("a tracked file") { fields in
            let file = fields.required("file", path)
            let units = fields.value("units", .list(of: .nonEmptyString), default: [])
            let patience = fields.value("good_after", .milliseconds, default: goodAfter)
            let keep = fields.value("keep", .integer(in: 2...1_000), default: 20)
            return file.map { TrackedFile(path: $0, units: units, goodAfter: patience, keep: keep) }
        }
        return .either(scalar: path.map { TrackedFile(path: $0, goodAfter: goodAfter) }, mapping: mapping)
    }
}
