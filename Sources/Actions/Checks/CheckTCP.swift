import Playbooks

/// `check.tcp`: fails the step when nobody accepts a connection.
struct CheckTCP: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "check.tcp",
            summary: "Fails unless somebody accepts connections at an address",
            arguments: [
                ArgumentDeclaration(
                    "address",
                    .text,
                    isRequired: true,
                    help: "host:port, or the path of a unix socket"
                )
            ],
            isRepeatable: { _ in true },
            isTreatment: false,
            permissions: { Permission.address($0.text("address"), standardPort: 0) },
            complaints: { arguments in
                let complaints = Complaints.address("address", standardPort: 0, in: arguments)
                guard complaints.isEmpty, let text = arguments.text("address"),
                    case .network(_, 0) = (try? Address(text, standardPort: 0))?.place
                else { return complaints }
                return [ArgumentComplaint(["address"], "the port is missing in '\(Wording.shown(text))'")]
            },
            sentence: { "check that \($0.words("address")) accepts connections" }
        )
    }
}
