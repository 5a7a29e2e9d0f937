import EventLoop
import HTTPClient
import JSON
import Playbooks
import Sockets
import Systemd

extension CheckHTTP {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let response = try await HTTPRequestAction.send(order, method: "GET")
        try HTTPRequestAction.judge(response, order.arguments)
        return ActionOutcome(.succeeded, message: "\(order.arguments.words("url")) answered \(response.status)")
    }
}

extension CheckTCP {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let address = try Address(try order.text("address"), standardPort: 0)
        try await offload(interruptible: { interruption in
            _ = try StreamSocket(to: address.socketPlace, deadline: order.deadline, interruption: interruption)
        })
        return ActionOutcome(.succeeded, message: "\(address) accepts connections")
    }
}

extension CheckUnit {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let unit = try order.text("unit")
        let state = try await order.manager().state(of: unit)
        let wanted = try order.text("state")
        let sub = order.arguments.text("sub")
        guard state.active.rawValue == wanted, sub.map({ $0 == state.sub }) ?? true else {
            throw DeedFailure(
                "\(unit) is \(state.words), and \(wanted)\(sub.map { " (\(Wording.shown($0)))" } ?? "") was expected",
                before: state.json
            )
        }
        return ActionOutcome(.succeeded, message: "\(unit) is \(state.words)", after: state.json)
    }
}

extension CheckExpression {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let expression = try order.text("expr")
        switch await order.tools.evaluate(expression) {
        case .success(false): throw DeedFailure("\(Wording.shown(expression)) returns nothing")
        case .success(true):
            return ActionOutcome(.succeeded, message: "\(Wording.shown(expression)) holds")
        case .failure(let failure):
            throw DeedFailure("\(Wording.shown(expression)) cannot be evaluated: \(failure)")
        }
    }
}

extension Address {
    var socketPlace: SocketPlace {
        switch place {
        case .network(let host, let port): .network(host: host, port: port)
        case .socket(let path): .unix(path: path)
        }
    }
}
