import HTTPServer

/// Finds who answers a request. A part that is written out goes before one that may be anything.
struct Router: Sendable {
    enum Finding {
        case route(Route, parameters: [String: String])
        /// The path is known, the method is not among those it takes.
        case otherMethods([Route.Method])
        case nothing
    }

    private let routes: [Int: [Route]]

    init(_ routes: [Route]) {
        var byLength: [Int: [Route]] = [:]
        for route in routes { byLength[route.parts.count, default: []].append(route) }
        self.routes = byLength.mapValues { routes in
            routes.sorted { left, right in left.parameterCount < right.parameterCount }
        }
    }

    func find(_ method: String, _ segments: [String]) -> Finding {
        // What can be got can be asked for its headers.
        let wanted = method == "HEAD" ? "GET" : method
        var others: [Route.Method] = []
        for route in routes[segments.count] ?? [] {
            guard let parameters = route.match(segments) else { continue }
            if route.methods.contains(where: { $0.rawValue == wanted }) { return .route(route, parameters: parameters) }
            others += route.methods
        }
        return others.isEmpty ? .nothing : .otherMethods(others)
    }
}

extension Route {
    fileprivate var parameterCount: Int {
        parts.count { part in
            if case .parameter = part { true } else { false }
        }
    }

    fileprivate func match(_ segments: [String]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            switch part {
            case .text(let text): guard text.utf8.elementsEqual(segment.utf8) else { return nil }
            case .parameter(let name): parameters[name] = segment
            }
        }
        return parameters
    }
}
