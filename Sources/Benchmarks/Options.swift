/// What the command line asks of a run.
struct Options {
    var json = false
    var compare: String?
    /// Only cases whose group is among these; all when empty.
    var groups: [String] = []
    /// The numbers of series that expressions are evaluated over.
    var sizes = [10_000, 100_000, 1_000_000]

    static let help = """
        usage: medic-bench [--json] [--compare OLD.json] [--sizes N,N] [parse|storage|evaluate|rules|history ...]

        Measures parsing, storage, evaluation, rules and the record; prints one figure a line.
          --json              print the figures as JSON, for --compare
          --compare OLD.json  print each figure beside that of an earlier run
          --sizes N,N         evaluate over so many series (default 10000,100000,1000000)

        """

    /// Nil where the arguments make no sense.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--json": json = true
            case "--compare":
                guard let file = rest.popFirst() else { return nil }
                compare = file
            case "--sizes":
                let numbers = (rest.popFirst() ?? "").split(separator: ",").map { Int($0) }
                guard !numbers.isEmpty, !numbers.contains(nil) else { return nil }
                sizes = numbers.compactMap { $0 }
            case "parse", "storage", "evaluate", "rules", "history": groups.append(argument)
            default: return nil
            }
        }
    }

    func includes(_ group: String) -> Bool { groups.isEmpty || groups.contains(group) }
}
