import Files
import JSON

/// The figures of one run: as a table, as JSON, and beside those of an earlier run.
struct Report {
    private(set) var measurements: [Measurement] = []

    mutating func add(_ name: String, _ value: Double, _ unit: Measurement.Unit) {
        measurements.append(Measurement(name: name, value: value, unit: unit))
    }

    var json: JSONValue {
        .object(
            JSONObject(
                measurements.map { measurement in
                    JSONObject.Member(
                        name: measurement.name,
                        value: ["value": .number(measurement.value), "unit": .string(measurement.unit.rawValue)]
                    )
                }
            )
        )
    }

    /// One line per figure; with an earlier run's figures, also the change in per cent.
    func table(comparedWith earlier: [String: Double] = [:]) -> String {
        let width = measurements.map(\.name.count).max() ?? 0
        return measurements.map { measurement in
            var line = measurement.name.padded(to: width)
            line += Self.text(measurement.value).leftPadded(to: 12) + " " + measurement.unit.rawValue
            if let before = earlier[measurement.name] {
                line = line.padded(to: width + 30) + Self.change(from: before, to: measurement)
            }
            return line + "\n"
        }.joined()
    }

    private static func change(from before: Double, to now: Measurement) -> String {
        guard before != 0 else { return now.value == 0 ? "as before" : "was 0" }
        let percentage = (now.value / before - 1) * 100
        guard percentage.magnitude >= 3 else { return "as before" }
        let better = (percentage > 0) == now.unit.moreIsBetter
        return "\(percentage > 0 ? "+" : "")\(text(percentage)) % \(better ? "better" : "worse")"
    }

    private static func text(_ value: Double) -> String {
        let scale: Double = value.magnitude < 10 ? 1_000 : value.magnitude < 1_000 ? 10 : 1
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && scale == 1 ? String(Int(rounded)) : String(rounded)
    }
}

extension Report {
    /// The figures that `--json` of an earlier run wrote, by name.
    static func figures(inFile path: String) throws -> [String: Double] {
        let tree = try JSONValue(parsing: FileSystem.readText(path))
        var figures: [String: Double] = [:]
        for member in tree.object?.members ?? [] {
            figures[member.name] = member.value["value"]?.double
        }
        return figures
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }
}
