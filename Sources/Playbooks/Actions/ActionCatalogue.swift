/// Every kind of action there is, by name. Playbooks are checked against it.
public struct ActionCatalogue: Sendable {
    /// In the order of their names.
    public let declarations: [ActionDeclaration]

    public init(_ declarations: [ActionDeclaration]) {
        self.declarations = declarations.sorted { $0.name < $1.name }
    }

    public subscript(name: String) -> ActionDeclaration? {
        declarations.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
