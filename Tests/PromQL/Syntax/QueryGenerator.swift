/// Random numbers that are the same for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Writes random queries that are sound: every one parses and its types fit. The same seed gives the same queries.
///
/// Metrics, labels and values come from the pools, so that queries can be made to fit data.
struct QueryGenerator {
    var metrics = [
        "up", "http_requests_total", "job:rate:5m", "sum", "offset", "by", "start", "fill", "or", "anchored",
    ]
    var labels = ["job", "instance", "le", "group", "on", "bool"]
    var values = ["api", "web", "", "1", "0.5", "+Inf"]
    var patterns = ["api", "a|b", "a.*", ".+", "", "(?i)x[0-9]+"]
    /// Whether to use what plain data does not need: odd blanks, quoting, UTF-8 names, durations that are computed.
    var isExotic = true
    /// How deep expressions go at most.
    var depthMax = 4

    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// A query of any type.
    mutating func query() -> String {
        switch pick([0, 0, 0, 0, 0, 0, 1, 1, 2, 3]) {
        case 0: vector(depthMax).text
        case 1: scalar(depthMax).text
        case 2: matrix(depthMax)
        default: string()
        }
    }

    /// A part of a query and how tightly it is held together; 9 for what needs no parentheses anywhere.
    private struct Part {
        var text: String
        var precedence = 9

        func inParentheses(unlessAtLeast precedence: Int) -> String {
            self.precedence >= precedence ? text : "(\(text))"
        }
    }

    // MARK: Choices

    private mutating func pick<T>(_ choices: [T]) -> T {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func some<T>(_ choices: [T], _ count: ClosedRange<Int>) -> [T] {
        (0..<Int.random(in: count, using: &random)).map { _ in pick(choices) }
    }

    /// Blanks where any number of them may stand.
    private mutating func gap() -> String {
        isExotic && chance(15) ? pick([" ", "\n", "\t ", "\r\n", " # remark )\n"]) : ""
    }

    // MARK: Vectors

    private mutating func vector(_ depth: Int) -> Part {
        guard depth > 0 else { return selector() }
        switch pick([0, 1, 2, 2, 3, 3, 4, 5, 6]) {
        case 0: return selector()
        case 1: return sign(vector(depth - 1))
        case 2: return aggregation(depth)
        case 3: return call(depth)
        case 4, 5: return operation(depth)
        default: return Part(text: "(\(gap())\(vector(depth - 1).text)\(gap()))")
        }
    }

    private mutating func sign(_ part: Part) -> Part {
        Part(text: pick(["-", "+"]) + gap() + part.inParentheses(unlessAtLeast: 6), precedence: 5)
    }

    private mutating func aggregation(_ depth: Int) -> Part {
        let name = pick([
            "sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values", "bottomk", "topk",
            "quantile", "limitk", "limit_ratio", "SUM",
        ])
        var arguments = [vector(depth - 1).text]
        switch name {
        case "count_values": arguments.insert(string(), at: 0)
        case "bottomk", "topk", "quantile", "limitk", "limit_ratio": arguments.insert(scalar(depth - 1).text, at: 0)
        default: break
        }
        let body = "(" + gap() + arguments.joined(separator: gap() + "," + gap()) + gap() + ")"
        guard chance(60) else { return Part(text: name + gap() + body) }
        let grouping = pick(["by", "without", "BY"]) + gap() + labelList()
        return Part(text: chance(50) ? "\(name) \(grouping)\(gap())\(body)" : "\(name)\(body)\(gap())\(grouping)")
    }

    private mutating func labelList() -> String {
        let names = some(labels, 0...3).map { isExotic && chance(15) ? quoted($0) : $0 }
        let comma = !names.isEmpty && isExotic && chance(10) ? "," : ""
        return "(" + gap() + names.joined(separator: "," + gap()) + comma + gap() + ")"
    }

    private mutating func call(_ depth: Int) -> Part {
        func text(_ name: String, _ arguments: [String]) -> Part {
            Part(text: name + "(" + arguments.joined(separator: ", ") + ")")
        }
        switch pick([0, 0, 0, 1, 1, 2, 3, 4, 5, 6]) {
        case 0:
            let name = pick([
                "rate", "increase", "irate", "delta", "idelta", "deriv", "changes", "resets", "avg_over_time",
                "count_over_time", "last_over_time", "max_over_time", "min_over_time", "stddev_over_time",
                "sum_over_time", "present_over_time", "absent_over_time", "first_over_time", "mad_over_time",
            ])
            return text(name, [matrix(depth - 1)])
        case 1:
            let name = pick(["abs", "ceil", "exp", "ln", "sgn", "sort", "sort_desc", "sqrt", "timestamp", "absent"])
            return text(name, [vector(depth - 1).text])
        case 2: return text("histogram_quantile", [scalar(depth - 1).text, vector(depth - 1).text])
        case 3: return text("clamp", [vector(depth - 1).text, scalar(0).text, scalar(0).text])
        case 4:
            return text("label_join", [vector(depth - 1).text, string(), string()] + (chance(50) ? [string()] : []))
        case 5: return text("vector", [scalar(depth - 1).text])
        default: return text(pick(["hour", "year", "day_of_week"]), chance(50) ? [] : [vector(depth - 1).text])
        }
    }

    private mutating func operation(_ depth: Int) -> Part {
        let (name, precedence) = pick([
            ("or", 1), ("and", 2), ("unless", 2), ("==", 3), ("!=", 3), ("<", 3), (">=", 3), ("+", 4), ("-", 4),
            ("*", 5), ("/", 5), ("%", 5), ("atan2", 5), ("^", 6),
        ])
        let isSet = precedence < 3
        let sides = isSet ? 0 : pick([0, 0, 1, 2])
        let left = sides == 1 ? scalar(depth - 1) : vector(depth - 1)
        let right = sides == 2 ? scalar(depth - 1) : vector(depth - 1)
        let modifiers = (precedence == 3 && chance(40) ? " bool" : "") + (sides == 0 ? matching(isSet: isSet) : "")
        let isPower = precedence == 6
        let text =
            left.inParentheses(unlessAtLeast: isPower ? 7 : precedence) + " " + name + modifiers + " " + gap()
            + right.inParentheses(unlessAtLeast: isPower ? 6 : precedence + 1)
        return Part(text: text, precedence: precedence)
    }

    private mutating func matching(isSet: Bool) -> String {
        var text = ""
        if chance(50) {
            let isOn = chance(50)
            text += (isOn ? " on " : " ignoring ") + labelList()
            if !isSet && chance(50) {
                text += pick([" group_left", " group_right"]) + (isOn || chance(50) ? " ()" : " " + labelList())
            }
        }
        if !isSet && chance(15) {
            text += pick([" fill (0)", " fill_left(-1.5)", " fill_right (Inf)", " fill_right(1e300) fill_left(2)"])
        }
        return text
    }

    // MARK: Selectors

    private mutating func selector() -> Part {
        let part = bareSelector()
        let extent = isExotic && chance(5) ? pick([" anchored", " smoothed"]) : ""
        let (modifiers, isOpen) = timeModifiers()
        return Part(text: part + extent + modifiers, precedence: isOpen ? 0 : 9)
    }

    private mutating func bareSelector() -> String {
        let style = isExotic ? pick([0, 0, 0, 1, 2]) : 0
        var matchers = (0..<pick([0, 0, 1, 2])).map { _ in matcher() }
        switch style {
        case 0:
            let name = pick(metrics)
            return matchers.isEmpty && chance(90) ? name : name + gap() + braces(matchers)
        case 1: matchers.insert(quoted(pick(metrics + ["a.b", "ü x"])), at: 0)
        default: matchers.append("__name__=~\"up|down\"")
        }
        return braces(matchers)
    }

    private mutating func braces(_ matchers: [String]) -> String {
        let comma = isExotic && !matchers.isEmpty && chance(10) ? "," : ""
        return "{" + gap() + matchers.joined(separator: gap() + "," + gap()) + comma + gap() + "}"
    }

    private mutating func matcher() -> String {
        let name = isExotic && chance(10) ? quoted(pick(labels + ["a-b", "é"])) : pick(labels)
        return chance(60)
            ? name + gap() + pick(["=", "!="]) + gap() + quoted(pick(values))
            : name + gap() + pick(["=~", "!~"]) + gap() + quoted(pick(patterns))
    }

    /// Offset and `@`, and whether an operator behind them would be read as part of the offset.
    private mutating func timeModifiers() -> (text: String, isOpen: Bool) {
        var parts: [String] = []
        var isOpen = false
        if chance(20) { parts.append(" @ " + pick(["start()", "end()", "1603774568", "-1.5", "1e3", "0"])) }
        if chance(25) {
            let exotic = ["(1h)", "(step() * 2)", "-(1h / 2)", "step()", "-range()", "max_of(1m, step())", "(5) + 1m"]
            let offset = pick(["5m", "-1h30m", "300", "0s", "1y2w"] + (isExotic ? exotic : []))
            parts.append(" offset " + offset)
            isOpen = offset.hasPrefix("(")
        }
        if chance(50) { parts.reverse() }
        return (parts.joined(), isOpen)
    }

    private mutating func matrix(_ depth: Int) -> String {
        if depth > 0 && chance(25) {
            let step = chance(50) ? "" : gap() + duration()
            let inner = vector(depth - 1).inParentheses(unlessAtLeast: 9)
            return "\(inner)[\(duration()):\(step)]" + timeModifiers().text
        }
        let extent = isExotic && chance(10) ? pick([" anchored", " smoothed"]) : ""
        return "\(bareSelector())[\(duration())]" + extent + timeModifiers().text
    }

    private mutating func duration() -> String {
        let exotic = [
            "5m + step()", "max_of(1m, step())", "min(1m,5)", "-5m+10m", "((1h))", "2^2^2", "2*(3m-1)%7", "+step()",
            "-(1h - 2h) / 2", "0.0005",
        ]
        return pick(["5m", "1h", "90s", "1d12h", "250ms", "300"] + (isExotic ? exotic : []))
    }

    // MARK: Scalars and strings

    private mutating func scalar(_ depth: Int) -> Part {
        guard depth > 0, chance(40) else { return Part(text: number(), precedence: 9) }
        switch pick([0, 1, 2, 3]) {
        case 0: return Part(text: "scalar(\(vector(depth - 1).text))")
        case 1: return Part(text: pick(["time()", "pi()", "(\(scalar(depth - 1).text))"]))
        case 2: return sign(scalar(depth - 1))
        default:
            let (name, precedence) = pick([("+", 4), ("-", 4), ("*", 5), ("/", 5), ("^", 6), ("== bool", 3)])
            let isPower = precedence == 6
            let left = scalar(depth - 1).inParentheses(unlessAtLeast: isPower ? 7 : precedence)
            let right = scalar(depth - 1).inParentheses(unlessAtLeast: isPower ? 6 : precedence + 1)
            return Part(text: "\(left) \(name) \(right)", precedence: precedence)
        }
    }

    private mutating func number() -> String {
        let exotic = ["0x1F", "1_000", "1e3", ".5", "5.", "Inf", "NaN", "inf", "5m", "1h30m", "010", "1e-320", "1e300"]
        return pick(["0", "1", "2", "0.5", "100", "0.9"] + (isExotic ? exotic : []))
    }

    private mutating func string() -> String {
        let exotic = [#""\xc5z\n""#, "`raw\\n`", #""\u00e9\U0001F600""#, #"'\'"'"#, "\"\\ufffd\""]
        return pick(["\"x\"", "\"job\""] + (isExotic ? exotic : []))
    }

    private mutating func quoted(_ text: String) -> String {
        let marks = isExotic ? ["\"", "'", "`"] : ["\""]
        let mark = pick(marks)
        return mark + text + mark
    }
}
