import Playbooks

/// How playbooks write what is sampled: a value in a file and how it takes effect, or an endpoint to ask and to tell.
enum SamplingArguments {
    static let target = ArgumentDeclaration(
        "target",
        .record([
            ArgumentDeclaration("file", .path, help: "the file that holds the rate"),
            ArgumentDeclaration("path", .text, help: "the way to the rate in it, or its KEY"),
            ArgumentDeclaration(
                "format",
                .choice(["yaml", "json", "env"]),
                help: "how the file is written; without it the file's name tells"
            ),
            ArgumentDeclaration(
                "apply",
                .record([
                    ArgumentDeclaration("reload", .unit, help: "reload this unit"),
                    ArgumentDeclaration("restart", .unit, help: "restart this unit"),
                    ArgumentDeclaration("request", .record(ArgumentDeclaration.request), help: "make this request"),
                ]),
                help: "how a change of the file takes effect"
            ),
            ArgumentDeclaration("get", .url, help: "answers the present rate: a number, or JSON"),
            ArgumentDeclaration("field", .text, help: "the way to the rate in the JSON that 'get' answers"),
            ArgumentDeclaration(
                "set",
                .record(ArgumentDeclaration.request(seesCandidate: true)),
                help: "sets the rate; {{ .Candidate }} in url and body is the new one"
            ),
        ]),
        isRequired: true,
        help: "what is sampled"
    )

    static func permissions(_ name: String, _ arguments: ActionArguments) -> [Permission] {
        guard let target = arguments.record("target") else { return [.action(name)] }
        let apply = target.record("apply")
        return [.action(name)] + Permission.path(target.text("file"), .write) + Permission.unit(apply?.text("reload"))
            + Permission.unit(apply?.text("restart")) + Permission.address(ofURL: apply?.record("request")?.text("url"))
            + Permission.address(ofURL: target.text("get"))
            + Permission.address(ofURL: setURL(target))
    }

    static func units(_ arguments: ActionArguments) -> [String] {
        let apply = arguments.record("target")?.record("apply")
        return [apply?.text("reload"), apply?.text("restart")].compactMap { $0 }
    }

    static func locks(_ arguments: ActionArguments) -> [String] {
        let target = arguments.record("target")
        let place = target?.text("file").map { "file/\($0)" } ?? target?.text("get").map { "sampling/\($0)" }
        return (place.map { [$0] } ?? []) + units(arguments).map { "unit/\($0)" }
    }

    static func complaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        guard let target = arguments.record("target") else { return [] }
        let members = target.members.map(\.name)
        let (isFile, isEndpoint) = (
            members.contains("file") || members.contains("path"), members.contains("get") || members.contains("set")
        )
        var complaints: [ArgumentComplaint] = []
        if isFile, isEndpoint {
            complaints.append(ArgumentComplaint(["target"], "a target is either a file or an endpoint, not both"))
        }
        for url in ["get"] where target[url] != nil {
            complaints += Complaints.address(ofURL: url, in: target).map {
                ArgumentComplaint(["target"] + $0.path, $0.message, help: $0.help)
            }
        }
        if let url = setURL(target) {
            do throws(AddressError) {
                _ = try Address(ofURL: url)
            } catch {
                complaints.append(ArgumentComplaint(["target", "set", "url"], error.description))
            }
        }
        return complaints
    }

    /// Where the rate is set; the new rate is no part of the address.
    private static func setURL(_ target: ActionArguments) -> String? {
        target.record("set")?.text("url").map { ConfigCheck.filled($0, with: "0") }
    }

    static func words(_ arguments: ActionArguments) -> String {
        let target = arguments.record("target")
        if let file = target?.text("file") { return "\(target?.words("path") ?? "") in \(Wording.shown(file))" }
        return target?.text("get").map { "the rate at \(Wording.shown($0))" } ?? "(not known yet)"
    }
}
