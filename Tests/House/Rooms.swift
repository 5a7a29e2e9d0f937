/// Who may use whom. Arrows point down only.
enum Rooms {
    /// The deciding rooms, each above those it may use.
    static let deciding = [
        "Diagnostics", "Metrics", "Relabelling", "Storage", "PromQL", "Answers", "Templates", "Rules", "Alerting",
        "Playbooks", "Configuration", "Proving",
    ]
    /// The rooms of Platform that have no effects on the world: the only ones that deciding rooms may use.
    static let pure: Set<String> = [
        "HTTPSettings", "JSON", "Mathematics", "RegularExpressions", "Secrets", "YAML",
    ]
    /// Modules of Swift itself that have no effects either.
    static let language: Set<String> = ["Swift", "Synchronization"]
    /// Modules that nothing in Sources may use: too large for a process that must stay small.
    static let barred: Set<String> = ["Foundation", "FoundationEssentials", "FoundationNetworking"]

    /// Every import that breaks the order of the rooms.
    static func violations(_ files: [Repository.File]) -> [String] {
        files.filter(\.isSource).flatMap { file in
            imports(of: file).compactMap { line, module in
                complaint(of: room(of: file.path), importing: module).map {
                    "\(file.path):\(line): import \(module): \($0)"
                }
            }
        }
    }

    /// The imported modules, with their lines.
    static func imports(of file: Repository.File) -> [(line: Int, module: String)] {
        file.lines(with: "import ").compactMap { line in
            let pattern =
                /^\s*(?:@\S+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
            return line.text.firstMatch(of: pattern).map { (line.number, String($0.1)) }
        }
    }

    /// The folder below Sources that the file is in; for Platform the one below that.
    static func room(of path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.count > 3 && parts[1] == "Platform" ? "Platform/\(parts[2])" : String(parts[1])
    }

    private static func complaint(of room: String, importing module: String) -> String? {
        if barred.contains(module) { return "nothing in Sources uses it" }
        if room.hasPrefix("Platform/") {
            let isHigher = deciding.contains(module) && module != "Diagnostics"
            return isHigher ? "the rooms of Platform know nothing of medic" : nil
        }
        // What measures medic is no part of it, and may ask the C library what medic may not.
        if isDoor(module), room != "Benchmarks" { return "only rooms of Platform use a door to a C library" }
        guard let height = deciding.firstIndex(of: room) else { return nil }
        if language.contains(module) || pure.contains(module) { return nil }
        guard let other = deciding.firstIndex(of: module) else { return "a deciding room touches nothing of the world" }
        return other < height ? nil : "it stands above or beside \(room)"
    }

    /// Doors are named C and then the library: CRE2, CYAML.
    private static func isDoor(_ module: String) -> Bool {
        let letters = Array(module)
        return letters.count > 1 && letters[0] == "C" && letters[1].isUppercase
    }
}
