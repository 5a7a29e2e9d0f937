import Configuration
import Foundation
import Secrets
import Testing

@testable import Web

/// The page as it comes out of the program.
@Suite struct PageTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/PageFiles/Resources")

    /// The files of the page as they are in the working copy, by their paths.
    private static let sources: [String: [UInt8]] = {
        var found: [String: [UInt8]] = [:]
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for path in paths {
            let place = folder.appending(path: path)
            if let data = try? Data(contentsOf: place) { found[path] = Array(data) }
        }
        return found
    }()

    @Test func `Every file is in the program as it is in its folder`() async {
        let room = Room()
        #expect(Self.sources.count > 30)
        #expect(Set(PageFile.all.map(\.path)) == Set(Self.sources.keys))
        for (path, bytes) in Self.sources {
            let answer = await room.ask(path == "index.html" ? "/" : "/page/\(path)")
            #expect(answer.status == 200, "\(path)")
            #expect(answer.body == bytes, "\(path) is not what the program was built with")
        }
        #expect(await room.ask("/page/index.html").status == 404)
        #expect(await room.ask("/page/").status == 404)
    }

    @Test(arguments: [
        ("/", "text/html; charset=utf-8"), ("/page/start.js", "text/javascript; charset=utf-8"),
        ("/page/styles/tokens.css", "text/css; charset=utf-8"), ("/page/icon.svg", "image/svg+xml"),
    ])
    func `A file says what it is, and lets nothing in from elsewhere`(path: String, type: String) async throws {
        let answer = await Room().ask(path)
        #expect(answer.headers["Content-Type"] == type)
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
        let policy = try #require(answer.headers["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http"))
    }

    @Test func `A browser that has the file is told so`() async throws {
        let room = Room()
        let tag = try #require(await room.ask("/page/start.js").headers["ETag"])
        let again = await room.ask("GET", "/page/start.js", headers: [("If-None-Match", "\"other\", \(tag)")])
        #expect(again.status == 304 && again.body.isEmpty && again.headers["ETag"] == tag)
        #expect(await room.ask("GET", "/page/theme.js", headers: [("If-None-Match", tag)]).status == 200)
    }

    @Test func `The page is for everybody, what it shows is not`() async {
        var settings = WebSettings()
        settings.access.readers.tokens = [Secret("secret")]
        let room = Room(settings)
        #expect(await room.ask("/").status == 200)
        #expect(await room.ask("/api/v1/rules").status == 401)
    }

    @Test func `Nothing is inline, and what one file names is there`() throws {
        let index = String(decoding: try #require(Self.sources["index.html"]), as: UTF8.self)
        #expect(!index.contains(" style=") && !index.contains("<style") && !index.contains("javascript:"))
        #expect(index.firstMatch(of: /<script(?![^>]*src=)/) == nil)
        for match in index.matches(of: /(?:src|href)="page\/([^"]+)"/) {
            #expect(Self.sources[String(match.1)] != nil, "index.html names \(match.1)")
        }
        for (path, bytes) in Self.sources where path.hasSuffix(".js") {
            let base = Self.folder.appending(path: path).deletingLastPathComponent()
            for match in String(decoding: bytes, as: UTF8.self).matches(of: /(?:from|import) ?\(?'(\.[^']+)'/) {
                let place = base.appending(path: String(match.1)).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: place), "\(path) imports \(match.1)")
            }
        }
    }
}
