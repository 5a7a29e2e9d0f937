import Metrics
import Playbooks

/// Arguments that several actions share.
extension ArgumentDeclaration {
    static let unit = ArgumentDeclaration("unit", .unit, isRequired: true, help: "the systemd unit: api.service")

    static func check(help: String) -> ArgumentDeclaration {
        ArgumentDeclaration("check", .list(of: .word), seesCandidate: true, help: help)
    }

    static let database: [ArgumentDeclaration] = [
        ArgumentDeclaration(
            "dsn",
            .text,
            isRequired: true,
            help: "as libpq reads it: host=/run/postgresql dbname=app; no password, that is what password_file is for"
        ),
        passwordFile,
    ]

    static let passwordFile = ArgumentDeclaration(
        "password_file",
        .path,
        help: "a file with the password alone; below a folder that may be read"
    )

    /// How a request is written, for actions that make one.
    static let request: [ArgumentDeclaration] = request(seesCandidate: false)

    static func request(seesCandidate: Bool) -> [ArgumentDeclaration] {
        [
            ArgumentDeclaration("url", .url, isRequired: true, seesCandidate: seesCandidate, help: "http or https"),
            ArgumentDeclaration(
                "method",
                .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
                standard: .text("POST"),
                help: "the request's method"
            ),
            ArgumentDeclaration("headers", .map(of: .line), help: "further header lines"),
            ArgumentDeclaration("body", .text, seesCandidate: seesCandidate, help: "what is sent"),
        ]
    }
}

extension ActionArguments {
    /// The strings of a map or record in the order written.
    func pairs(_ name: String) -> [(name: String, value: String)] {
        (record(name)?.members ?? []).map { ($0.name, $0.value.written) }
    }
}

extension ArgumentValue {
    /// A single value as text.
    var written: String {
        switch self {
        case .text(let text): text
        case .integer(let number), .size(let number): String(number)
        case .number(let number): Wording.number(number)
        case .flag(let flag): flag ? "true" : "false"
        case .duration(let span): span.promQLText
        case .list, .record: ""
        }
    }
}

/// Complaints that several actions have.
enum Complaints {
    /// Exactly one of the arguments must be given. What is a template is absent, so absence alone is no proof: told only when more are given.
    static func atMostOne(of names: [String], in arguments: ActionArguments) -> [ArgumentComplaint] {
        let given = names.filter { arguments[$0] != nil }
        guard given.count > 1 else { return [] }
        let words = names.map { "'\($0)'" }.joined(separator: " or ")
        return [ArgumentComplaint([given[1]], "only one of \(words) can be given")]
    }

    /// A program is named by its absolute path, never looked up.
    static func program(_ name: String, in arguments: ActionArguments) -> [ArgumentComplaint] {
        guard let values = arguments.list(name) else { return [] }
        guard let first = values.first else {
            return [ArgumentComplaint([name], "the program is missing", help: "[/usr/bin/api, --check]")]
        }
        guard case .text(let program) = first else { return [] }
        guard isAbsolute(program) else {
            return [
                ArgumentComplaint(
                    [name, "0"],
                    "'\(Wording.shown(program))' is not the absolute path of a program",
                    help: "medic runs programs without a shell and without a search path"
                )
            ]
        }
        let hidden = values.firstIndex { if case .text(let text) = $0 { text.utf8.contains(0) } else { false } }
        return hidden.map { [ArgumentComplaint([name, "\($0)"], "an argument holds a NUL, which ends it early")] } ?? []
    }

    static func address(ofURL name: String, in arguments: ActionArguments) -> [ArgumentComplaint] {
        guard let url = arguments.text(name) else { return [] }
        do throws(AddressError) {
            _ = try Address(ofURL: url)
            return []
        } catch {
            return [ArgumentComplaint([name], error.description)]
        }
    }

    static func address(_ name: String, standardPort: Int, in arguments: ActionArguments) -> [ArgumentComplaint] {
        guard let text = arguments.text(name) else { return [] }
        do throws(AddressError) {
            _ = try Address(text, standardPort: standardPort)
            return []
        } catch {
            return [ArgumentComplaint([name], error.description)]
        }
    }

    static func isAbsolute(_ path: String) -> Bool {
        path.utf8.first == UInt8(ascii: "/") && !path.utf8.contains(0)
            && !path.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
    }
}
