public import Metrics

extension RouteTree {
    /// The tree for people, one route a line, children indented; those in `marked` are shown with an arrow.
    public func text(marking marked: [Int] = []) -> String {
        var lines: [String] = []
        describe(0, depth: 0, Set(marked), &lines)
        return lines.joined(separator: "\n")
    }

    private func describe(_ index: Int, depth: Int, _ marked: Set<Int>, _ lines: inout [String]) {
        let route = routes[index]
        let mark = marked.contains(index) ? "-> " : "   "
        let conditions = index == 0 ? "default-route" : route.matchers.description
        let goesOn = route.continues ? "  continue: true" : ""
        lines.append(
            "\(mark)\(String(repeating: "  ", count: depth))\(conditions)  receiver: \(route.options.receiver)\(goesOn)"
        )
        for child in route.children {
            describe(child, depth: depth + 1, marked, &lines)
        }
    }

    /// The names of the receivers that an alert with these labels would go to, in the order of the routes.
    public func receivers(for labels: Labels) -> [String] {
        matches(labels).map { routes[$0].options.receiver }
    }
}
