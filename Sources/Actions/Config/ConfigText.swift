import Diagnostics
import Playbooks
import YAML

/// The text of a configuration file in which single values are read and set, every other byte as it was.
struct ConfigText: Sendable {
    enum Format: String, Sendable {
        case yaml
        case json
        case env
    }

    /// A value as it stands in the file.
    struct Scalar: Sendable, Hashable {
        let text: String
        /// Whether the file has it as a text rather than as a number or a yes or no.
        let isText: Bool
    }

    let format: Format
    let bytes: [UInt8]
    let path: String

    /// `format` as the playbook says; nil: by the end of the file's name.
    init(_ bytes: [UInt8], path: String, format: String?) {
        self.bytes = bytes
        self.path = path
        self.format = format.flatMap { Format(rawValue: $0) } ?? Self.format(of: path)
    }

    private static func format(of path: String) -> Format {
        if path.hasSuffix(".json") { return .json }
        if path.hasSuffix(".yml") || path.hasSuffix(".yaml") { return .yaml }
        return .env
    }

    /// What the file holds there.
    func value(at place: String) throws -> Scalar {
        switch format {
        case .yaml: try yaml().value(at: place)
        case .json: try JSONText(bytes).scalar(at: Self.steps(place))
        case .env: try EnvironmentText(bytes).value(of: place)
        }
    }

    /// The file's bytes with another value there.
    func setting(_ place: String, to value: ArgumentValue) throws -> [UInt8] {
        let present = try self.value(at: place)
        let wanted = Self.fitting(value, present)
        switch format {
        case .yaml:
            let (document, steps) = (try yaml(), try Self.steps(place))
            do throws(YAMLEditError) {
                return Array(try document.setting(steps, to: wanted).utf8)
            } catch {
                throw DeedFailure("\(path): \(error.message)")
            }
        case .json: return try JSONText(bytes).setting(Self.steps(place), to: wanted)
        case .env: return try EnvironmentText(bytes).setting(place, to: value.written)
        }
    }

    static func steps(_ place: String) throws -> YAMLPath {
        do throws(YAMLEditError) {
            return try YAMLPath(place)
        } catch {
            throw DeedFailure(error.message)
        }
    }

    /// A text from a template that looks like a number is one where the file has a number.
    private static func fitting(_ value: ArgumentValue, _ present: Scalar) -> YAMLValue {
        switch value {
        case .flag(let flag): return present.isText ? .string(value.written) : .boolean(flag)
        case .text(let text):
            if present.isText { return .string(text) }
            switch YAMLValue(plain: text) {
            case .integer(let number): return .integer(number)
            case .float(let number) where number.isFinite: return .float(number)
            case .boolean(let flag): return .boolean(flag)
            default: return .string(text)
            }
        case .integer(let number), .size(let number):
            return present.isText ? .string(value.written) : .integer(Int(clamping: number))
        case .number(let number): return present.isText ? .string(value.written) : .float(number)
        case .duration, .list, .record: return .string(value.written)
        }
    }

    private func yaml() throws -> YAMLDocument {
        let source: SourceText
        do throws(YAMLEncodingError) {
            source = try SourceText(name: path, yaml: bytes)
        } catch {
            throw DeedFailure("\(path): \(error.message)")
        }
        let problems = Problems(in: source)
        guard let document = YAMLDocument(source, problems: problems), !problems.hasErrors else {
            throw DeedFailure("\(path) is not YAML that can be read: \(problems.diagnostics.first?.message ?? "")")
        }
        return document
    }
}

extension YAMLDocument {
    fileprivate func value(at place: String) throws -> ConfigText.Scalar {
        let path = try ConfigText.steps(place)
        var node = root
        for step in path.steps {
            let child: YAMLNode?
            switch step {
            case .key(let key): child = node.mapping?[key]
            case .index(let index):
                child = node.sequence.flatMap { $0.indices.contains(index) ? $0[index] : nil }
            }
            guard let child else {
                throw DeedFailure("there is no '\(Wording.shown(place))' in \(source.name ?? "the file")")
            }
            node = child
        }
        guard let scalar = node.scalar, let value = node.value else {
            throw DeedFailure("'\(Wording.shown(place))' is not a single value")
        }
        if case .string = value { return ConfigText.Scalar(text: scalar.text, isText: true) }
        return ConfigText.Scalar(text: scalar.text, isText: false)
    }
}
