import Playbooks

/// `http.request`: one request, its answer checked.
struct HTTPRequestAction: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "http.request",
            summary: "Makes one HTTP request and checks the answer",
            arguments: [
                ArgumentDeclaration("url", .url, isRequired: true, help: "http or https"),
                ArgumentDeclaration(
                    "method",
                    .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
                    standard: .text("GET"),
                    help: "the request's method"
                ),
                ArgumentDeclaration("headers", .map(of: .line), help: "further header lines"),
                ArgumentDeclaration("body", .text, help: "what is sent"),
                Self.expectation,
                ArgumentDeclaration("save", .text, help: "keep the answer as evidence under this name"),
                ArgumentDeclaration("bearer_token_file", .path, help: "a file with the token for Authorization"),
            ],
            isRepeatable: { ["GET", "HEAD", "PUT", "DELETE"].contains($0.text("method") ?? "") },
            permissions: { arguments in
                [.action("http.request")] + Permission.address(ofURL: arguments.text("url"))
                    + Permission.path(arguments.text("bearer_token_file"), .read)
            },
            complaints: { arguments in
                Complaints.address(ofURL: "url", in: arguments) + Self.headerComplaints(arguments)
                    + Self.nameComplaints(arguments)
            },
            sentence: { "\($0.words("method")) \($0.words("url"))\(HTTPRequestAction.wish($0))" }
        )
    }

    static let expectation = ArgumentDeclaration(
        "expect",
        .record([
            ArgumentDeclaration("status", .oneOrMore(of: .integer(100...599)), help: "default: 200 to 299"),
            ArgumentDeclaration("body", .pattern, help: "must be found in the answer"),
        ]),
        help: "what the answer must look like"
    )

    static func wish(_ arguments: ActionArguments) -> String {
        guard let expectation = arguments.record("expect") else { return "" }
        let statuses = expectation.list("status")?.map(\.written) ?? []
        let status = statuses.isEmpty ? "" : " and expect " + statuses.joined(separator: " or ")
        return status + (expectation.text("body").map { " and find '\(Wording.shown($0))'" } ?? "")
    }

    /// A line break in a header would begin another one.
    static func headerComplaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        arguments.pairs("headers").compactMap { name, value in
            let isName = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            let isValue = !value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
            guard !isName || !isValue else { return nil }
            return ArgumentComplaint(["headers", name], "'\(Wording.shown(name))' is not one header line")
        }
    }

    private static func nameComplaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        guard let name = arguments.text("save"), !Evidence.isName(name) else { return [] }
        return [ArgumentComplaint(["save"], "'\(Wording.shown(name))' is not a plain file name")]
    }
}
