internal import Metrics

extension TemplateFunctions {
    /// What Prometheus gives to the templates of rules, and Go's own.
    public static let prometheus = builtin.adding(queries).adding(humanizers).adding(texts).adding(links)

    private static let sample = TemplateFunction.Parameter.named("*template.sample")
    private static let samples = TemplateFunction.Parameter.named("template.queryResult")

    private static let queries: [String: TemplateFunction] = [
        "query": TemplateFunction(.text) { arguments, context throws(TemplateFailure) in
            let found = try context.query(arguments[0].text ?? "", context.now)
            return .list(TemplateList(found.map(\.templateValue), type: TemplateSample.listType))
        },
        "first": TemplateFunction(samples) { arguments, _ throws(TemplateFailure) in
            guard case .list(let list) = arguments[0], let first = list.elements.first else {
                throw TemplateFailure("first() called on vector with no elements")
            }
            return first
        },
        "value": TemplateFunction(sample) { arguments, _ in field("Value", of: arguments[0]) },
        "label": TemplateFunction(.text, sample) { arguments, _ in label(arguments[0].text ?? "", of: arguments[1]) },
        "strvalue": TemplateFunction(sample) { arguments, _ in label("__value__", of: arguments[0]) },
        "sortByLabel": TemplateFunction(.text, samples) { arguments, _ in
            guard case .list(let list) = arguments[1] else { return arguments[1] }
            let name = arguments[0].text ?? ""
            let keyed = list.elements.enumerated().map { (place: $0, key: label(name, of: $1).text ?? "", value: $1) }
            let sorted = keyed.sorted { left, right in
                if left.key.utf8.elementsEqual(right.key.utf8) { return left.place < right.place }
                return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
            }
            return .list(TemplateList(sorted.map(\.value), type: list.type))
        },
        "args": TemplateFunction(rest: .any) { arguments, _ in
            .map(TemplateMap(arguments.enumerated().map { (key: "arg\($0)", value: $1) }))
        },
        "tmpl": TemplateFunction([.text, .any], action: .template),
    ]

    private static func field(_ name: String, of value: TemplateValue) -> TemplateValue {
        guard case .record(let record) = value else { return .nothing }
        return record[name] ?? .nothing
    }

    private static func label(_ name: String, of sample: TemplateValue) -> TemplateValue {
        guard case .map(let labels) = field("Labels", of: sample) else { return .string("") }
        return labels[name] ?? .string("")
    }

    private static let humanizers: [String: TemplateFunction] = [
        "humanize": humanizer { number in Humanizing.metric(number) },
        "humanize1024": humanizer { number in Humanizing.binary(number) },
        "humanizeDuration": humanizer { number in Humanizing.duration(number) },
        "humanizePercentage": humanizer { number in Humanizing.percentage(number) },
        "humanizeTimestamp": humanizer { (number) throws(TemplateFailure) in try Humanizing.timestamp(number) },
        "toTime": TemplateFunction(.any) { arguments, _ throws(TemplateFailure) in
            .time(try Humanizing.time(try Humanizing.number(arguments[0])))
        },
        "toDuration": TemplateFunction(.any) { arguments, _ throws(TemplateFailure) in
            .duration(TemplateDuration(seconds: try Humanizing.number(arguments[0])))
        },
        "now": TemplateFunction { _, context in .float(context.now.seconds) },
        "parseDuration": TemplateFunction(.text) { arguments, _ throws(TemplateFailure) in
            do {
                return .float(try Milliseconds(promQL: arguments[0].text ?? "").seconds)
            } catch {
                throw TemplateFailure("\(error)")
            }
        },
    ]

    static func humanizer(
        _ humanize: @escaping @Sendable (Double) throws(TemplateFailure) -> String
    ) -> TemplateFunction {
        TemplateFunction(.any) { arguments, _ throws(TemplateFailure) in
            .string(try humanize(try Humanizing.number(arguments[0])))
        }
    }

    private static let texts: [String: TemplateFunction] = [
        "title": text(Casing.title),
        "toUpper": text(Casing.upper),
        "toLower": text(Casing.lower),
        "match": match,
        "reReplaceAll": replaceAll,
        "safeHtml": markup,
        "stripPort": text(HostNames.withoutPort),
        "stripDomain": text(HostNames.withoutDomain),
        "urlQueryEscape": text(Escaping.query),
    ]

    /// A function of one text that always has a result.
    static func text(_ transform: @escaping @Sendable (String) -> String) -> TemplateFunction {
        TemplateFunction(.text) { arguments, _ in .string(transform(arguments[0].text ?? "")) }
    }

    static let match = TemplateFunction(.text, .text) { arguments, _ throws(TemplateFailure) in
        .boolean(try Replacing.matches(arguments[0].text ?? "", arguments[1].text ?? ""))
    }

    static let replaceAll = TemplateFunction(.text, .text, .text) { arguments, context throws(TemplateFailure) in
        let texts = arguments.map { $0.text ?? "" }
        return .string(try Replacing.all(texts[0], in: texts[2], by: texts[1], limit: context.limits.output))
    }

    static let markup = TemplateFunction(.text) { arguments, _ in .markup(arguments[0].text ?? "") }

    private static let links: [String: TemplateFunction] = [
        "graphLink": text { "/graph?g0.expr=\(Escaping.query($0))&g0.tab=0" },
        "tableLink": text { "/graph?g0.expr=\(Escaping.query($0))&g0.tab=1" },
        "externalURL": TemplateFunction { _, context in .string(context.externalURL) },
        "pathPrefix": TemplateFunction { _, context in .string(path(of: context.externalURL)) },
    ]

    /// The path of a URL: what stands between the host and the query.
    private static func path(of address: String) -> String {
        let bytes = Array(address.utf8)
        let marks = [UInt8(ascii: "?"), UInt8(ascii: "#")]
        var rest = bytes.prefix { !marks.contains($0) }
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")), rest[colon...].starts(with: "://".utf8) {
            rest = rest[(colon + 3)...].drop { $0 != UInt8(ascii: "/") }
        }
        return String(decoding: rest, as: UTF8.self)
    }
}
