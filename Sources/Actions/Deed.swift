import Configuration
public import EventLoop
import Files
import HTTPClient
import Metrics
public import Playbooks
import Systemd

/// A kind of action: what it promises, and how it is done.
public protocol Deed: Sendable {
    var declaration: ActionDeclaration { get }

    /// Does it. What is thrown becomes the outcome; a task that is cancelled ends it as soon as the world allows.
    func perform(_ order: Order) async throws -> ActionOutcome

    /// What would take the deed back, found out before it is done; nil where nothing does.
    func rollback(_ order: Order) async throws -> Undo?
}

extension Deed {
    public func rollback(_ order: Order) async throws -> Undo? { nil }
}

/// One deed that is to be done, with what it is done with.
public struct Order: Sendable {
    public let request: ActionRequest
    public let tools: ActionTools
    public let deadline: MonotonicInstant

    public init(_ request: ActionRequest, _ tools: ActionTools) {
        self.request = request
        self.tools = tools
        deadline = .now + .milliseconds(max(request.timeout.rawValue, 1))
    }

    var arguments: ActionArguments { request.arguments }

    /// What is left of the time.
    var remaining: Duration { max(deadline - .now, .milliseconds(1)) }

    func text(_ name: String) throws -> String {
        guard let text = arguments.text(name) else { throw DeedFailure("the argument '\(name)' is missing") }
        return text
    }

    func manager() throws -> ServiceManager {
        guard let manager = tools.manager else { throw DeedFailure("there is no systemd on this host") }
        return manager
    }

    func http() throws -> HTTPClient {
        guard let http = tools.http else { throw DeedFailure("there is no HTTP client here") }
        return http
    }

    /// A name for what this deed makes: files, units. Of letters, digits and dashes whatever the run is called.
    var mark: String { "\(Evidence.name(for: request.key.run))-\(request.key.step)-\(request.key.attempt)" }
}

/// A file below a permitted folder, reached without following a link.
struct PermittedFile: ~Copyable {
    let folder: OpenFolder
    let name: String

    /// Opens the folder that holds the file. The permitted root itself is trusted, as the operator wrote it; nothing below it is.
    init(_ path: String, _ access: Permission.Access, _ tools: ActionTools) throws {
        guard let root = tools.permits.root(of: path, for: access) else {
            throw DeedFailure(tools.permits.refusals(of: [.path(path, access)]).first ?? "\(path) is not permitted")
        }
        var parts = Self.parts(path)
        guard let name = parts.popLast() else { throw DeedFailure("'\(path)' names no file") }
        let above = Self.parts(root)
        let inner = Array(parts.dropFirst(above.count))
        // A root that is the file itself: its folder is the operator's word too.
        let top = above.count > parts.count ? FileSystem.parent(of: root) : root
        folder = try OpenFolder(top).folder(inner)
        self.name = name
    }

    static func parts(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    }
}
