public import Metrics

extension RouteTree {
    /// The tree for people, drawn as `amtool config routes show` draws it.
    public var drawing: String {
        var lines = ["."]
        draw([0], prefix: "", &lines) { route in
            let goesOn = route.continues ? "  continue: true" : ""
            return (label(of: route) + goesOn + "  receiver: \(route.options.receiver)", route.children)
        }
        return lines.joined(separator: "\n")
    }

    /// The routes that an alert takes, drawn as `amtool config routes test --tree` draws them; nothing where it takes none.
    public func drawing(of labels: Labels) -> String {
        var lines = ["."]
        draw([0], prefix: "", &lines) { route in
            let taken = children(of: route, matching: labels)
            let receiver = taken.isEmpty ? "  receiver: \(route.options.receiver)" : ""
            return (label(of: route) + receiver, taken)
        }
        return lines.joined(separator: "\n")
    }

    private func label(of route: Route) -> String {
        route.matchers.isEmpty ? "default-route" : route.matchers.description
    }

    /// The children that take the alert: all up to the first that does not let it go on.
    private func children(of route: Route, matching labels: Labels) -> [Int] {
        var taken: [Int] = []
        for child in route.children where routes[child].matchers.matches(labels) {
            taken.append(child)
            if !routes[child].continues { break }
        }
        return taken
    }

    // Recursive over the file's own nesting, which the reader of the file bounds.
    private func draw(
        _ indices: [Int],
        prefix: String,
        _ lines: inout [String],
        _ describe: (Route) -> (text: String, children: [Int])
    ) {
        for (place, index) in indices.enumerated() {
            let isLast = place == indices.count - 1
            let (text, children) = describe(routes[index])
            lines.append("\(prefix)\(isLast ? "└──" : "├──") \(text)")
            draw(children, prefix: prefix + (isLast ? "    " : "│\u{a0}\u{a0} "), &lines, describe)
        }
    }
}
