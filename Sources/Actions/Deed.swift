public import Playbooks

/// A kind of action: what it promises, and how it is done.
public protocol Deed: Sendable {
    var declaration: ActionDeclaration { get }
}
