import HTTPServer

/// The page at `/`, its files below `/page/`.
///
/// They are for everybody: they hold nothing of this host. What they show they ask the API for, as whoever looks at them.
struct PageRoutes: Sendable {
    private static let start = "index.html"

    // Nothing from elsewhere, nothing inline, nobody may frame it, forms go nowhere: a text of an alert that got into the
    // page as markup could do nothing.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    var routes: [Route] {
        PageFile.all.map { file in
            let tag = file.tag
            let pattern = file.path == Self.start ? "/" : "/page/\(file.path)"
            return Route([.get], pattern, for: .nobody) { call in Self.reply(file, tag, to: call.request) }
        }
    }

    private static func reply(_ file: PageFile, _ tag: String, to request: HTTPServer.Request) -> HTTPServer.Reply {
        let headers = [
            ("ETag", tag),
            // A browser asks each time, so that an upgraded agent has its own page, and mostly hears that nothing changed.
            ("Cache-Control", "no-cache"),
            ("Content-Security-Policy", policy),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ]
        let known = request.headers.all("if-none-match").contains { $0 == "*" || $0.contains(tag) }
        if known { return HTTPServer.Reply(status: 304, headers: headers, body: .bytes([])) }
        return HTTPServer.Reply(type: file.type, headers: headers, body: .bytes(file.bytes))
    }
}
