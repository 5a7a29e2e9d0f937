import Metrics

/// Points as a table that spreadsheets read.
enum SeriesTable {
    private static let pointsMax = 200_000

    static func csv(_ series: [ActionTools.SeriesPoints]) -> String {
        var text = "series,time,value\n"
        var count = 0
        for one in series {
            let name = quoted(one.labels.description)
            for point in one.points {
                guard count < pointsMax else { return text + "cut,,\n" }
                count += 1
                text += "\(name),\(point.time.rawValue),\(point.value)\n"
            }
        }
        return text
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

/// Points as a small line chart that any browser shows.
enum SeriesDrawing {
    private static let (width, height, margin) = (800.0, 240.0, 40.0)
    private static let seriesMax = 20
    private static let colours = [
        "#0b62a4", "#c0392b", "#1e8449", "#8e44ad", "#b9770e", "#117a65", "#5d6d7e", "#943126",
    ]

    static func svg(_ series: [ActionTools.SeriesPoints], title: String) -> String {
        let shown = series.prefix(seriesMax).map { $0.points.filter { $0.value.isFinite } }
        let points = shown.flatMap { $0 }
        let times = points.map { Double($0.time.rawValue) }
        let values = points.map(\.value)
        guard let begin = times.min(), let end = times.max(), var low = values.min(), var high = values.max() else {
            return ""
        }
        if low == high { (low, high) = (low - 1, high + 1) }
        func place(_ point: (time: Timestamp, value: Double)) -> String {
            let x = end > begin ? (Double(point.time.rawValue) - begin) / (end - begin) : 0.5
            let y = (point.value - low) / (high - low)
            return "\(tenth(margin + x * (width - 2 * margin))),\(tenth(height - margin - y * (height - 2 * margin)))"
        }
        var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" "
        text += "font-family=\"sans-serif\" font-size=\"11\">\n"
        text += "<text x=\"\(Int(margin))\" y=\"16\">\(escaped(Wording.shown(title, limit: 110)))</text>\n"
        text += "<text x=\"2\" y=\"\(Int(margin))\">\(Wording.number(rounded(high)))</text>\n"
        text += "<text x=\"2\" y=\"\(Int(height - margin))\">\(Wording.number(rounded(low)))</text>\n"
        for (index, line) in shown.enumerated() where !line.isEmpty {
            let colour = colours[index % colours.count]
            let path = line.map(place).joined(separator: " ")
            text += "<polyline fill=\"none\" stroke=\"\(colour)\" points=\"\(path)\"/>\n"
        }
        return text + "</svg>\n"
    }

    private static func tenth(_ value: Double) -> String { Wording.number((value * 10).rounded() / 10) }

    private static func rounded(_ value: Double) -> Double {
        value.magnitude < 1e12 ? (value * 1_000).rounded() / 1_000 : value
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
