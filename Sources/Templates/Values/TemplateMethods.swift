extension TemplateTime {
    /// The methods of Go's `time.Time` that make sense in a message.
    static let methods: [String: TemplateFunction] = [
        "Format": TemplateFunction(.time, .text) { arguments, _ in
            .string(arguments[0].time.formatted(arguments[1].text ?? ""))
        },
        "String": method { .string($0.description) },
        "Unix": method { .integer($0.seconds) },
        "UnixMilli": method { .integer($0.seconds &* 1000 &+ $0.nanoseconds / 1_000_000) },
        "UnixNano": method { .integer($0.seconds &* 1_000_000_000 &+ $0.nanoseconds) },
        "Year": method { .integer($0.civil.year) },
        "Month": method { .string(CivilTime.months[$0.civil.month - 1]) },
        "Day": method { .integer(Int64($0.civil.day)) },
        "Hour": method { .integer(Int64($0.civil.hour)) },
        "Minute": method { .integer(Int64($0.civil.minute)) },
        "Second": method { .integer(Int64($0.civil.second)) },
        "Nanosecond": method { .integer($0.nanoseconds) },
        "YearDay": method { .integer(Int64($0.civil.dayOfYear)) },
        "Weekday": method { .string(CivilTime.weekdays[$0.civil.weekday]) },
        "IsZero": method { .boolean(TemplateTime.isSame($0, .zero)) },
        "UTC": method { .time($0.shown(in: .utc)) },
        "Local": method { .time($0) },
        "Add": TemplateFunction(.time, .duration) { arguments, _ in
            .time(arguments[0].time.adding(arguments[1].duration))
        },
        "Sub": TemplateFunction(.time, .time) { arguments, _ in .duration(arguments[0].time.since(arguments[1].time)) },
        "Before": comparison { TemplateTime.isBefore($0, $1) },
        "After": comparison { TemplateTime.isBefore($1, $0) },
        "Equal": comparison { TemplateTime.isSame($0, $1) },
    ]

    private static func method(_ body: @escaping @Sendable (TemplateTime) -> TemplateValue) -> TemplateFunction {
        TemplateFunction(.time) { arguments, _ in body(arguments[0].time) }
    }

    private static func comparison(
        _ compare: @escaping @Sendable (TemplateTime, TemplateTime) -> Bool
    ) -> TemplateFunction {
        TemplateFunction(.time, .time) { arguments, _ in .boolean(compare(arguments[0].time, arguments[1].time)) }
    }
}

extension TemplateDuration {
    /// The methods of Go's `time.Duration`.
    static let methods: [String: TemplateFunction] = [
        "String": method { .string($0.description) },
        "Seconds": method { .float($0.seconds) },
        "Minutes": method { .float(whole($0, 60_000_000_000)) },
        "Hours": method { .float(whole($0, 3_600_000_000_000)) },
        "Milliseconds": method { .integer($0.nanoseconds / 1_000_000) },
        "Microseconds": method { .integer($0.nanoseconds / 1000) },
        "Nanoseconds": method { .integer($0.nanoseconds) },
        "Abs": method { .duration(TemplateDuration(nanoseconds: Int64(clamping: $0.nanoseconds.magnitude))) },
        "Round": TemplateFunction(.duration, .duration) { arguments, _ in
            .duration(arguments[0].duration.rounded(to: arguments[1].duration, truncating: false))
        },
        "Truncate": TemplateFunction(.duration, .duration) { arguments, _ in
            .duration(arguments[0].duration.rounded(to: arguments[1].duration, truncating: true))
        },
    ]

    private static func method(_ body: @escaping @Sendable (TemplateDuration) -> TemplateValue) -> TemplateFunction {
        TemplateFunction(.duration) { arguments, _ in body(arguments[0].duration) }
    }

    /// Whole units and the rest apart, so that no precision is lost on long spans.
    private static func whole(_ duration: TemplateDuration, _ unit: Int64) -> Double {
        Double(duration.nanoseconds / unit) + Double(duration.nanoseconds % unit) / Double(unit)
    }
}

extension TemplateValue {
    // Methods are called with a value of their own type first; these stand for it where the type is known.
    fileprivate var time: TemplateTime {
        if case .time(let time) = self { time } else { .zero }
    }

    fileprivate var duration: TemplateDuration {
        if case .duration(let duration) = self { duration } else { TemplateDuration(nanoseconds: 0) }
    }
}
