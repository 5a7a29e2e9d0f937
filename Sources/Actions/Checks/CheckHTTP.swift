import Playbooks

/// `check.http`: fails the step when an endpoint does not answer as it should.
struct CheckHTTP: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "check.http",
            summary: "Fails unless an HTTP endpoint answers as expected",
            arguments: [
                ArgumentDeclaration("url", .url, isRequired: true, help: "http or https"),
                ArgumentDeclaration("headers", .map(of: .line), help: "further header lines"),
                HTTPRequestAction.expectation,
            ],
            isRepeatable: { _ in true },
            isTreatment: false,
            permissions: { Permission.address(ofURL: $0.text("url")) },
            complaints: { Complaints.address(ofURL: "url", in: $0) + HTTPRequestAction.headerComplaints($0) },
            sentence: { "check that \($0.words("url")) answers\(HTTPRequestAction.wish($0))" }
        )
    }
}
