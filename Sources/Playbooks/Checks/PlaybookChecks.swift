import Metrics
import PromQL
import Templates
import YAML

/// What is allowed in a playbook but likely a mistake.
enum PlaybookChecks {
    typealias Check = @Sendable (Playbook, Problems) -> Void

    static let all: [Check] = [everything, verification, constants, page, confirmation, variables]

    static func run(_ playbook: Playbook, _ problems: Problems) {
        for check in all { check(playbook, problems) }
    }

    /// A trigger that any alert meets.
    private static let everything: Check = { playbook, problems in
        for trigger in playbook.when
        where trigger.matchers.allSatisfy(\.isWide) {
            let isEmpty = trigger.matchers.isEmpty
            let needsNoLabel = trigger.matchers.allSatisfy { $0.matches("") }
            problems.warning(
                "playbook/matches-everything",
                isEmpty
                    ? "without matchers every alert starts this playbook"
                    : needsNoLabel
                        ? "these matchers hold for alerts that have none of these labels"
                        : "these matchers hold for any value",
                at: trigger.range,
                help: "name the alert: matchers: ['alertname=\"...\"']"
            )
        }
    }

    /// Verification that ends before it can succeed.
    private static let verification: Check = { playbook, problems in
        let terms = playbook.verification
        let (shortest, overflow) = terms.every.rawValue.multipliedReportingOverflow(by: Int64(terms.healthy - 1))
        guard overflow || terms.within.rawValue < shortest else { return }
        problems.warning(
            "playbook/verify-too-short",
            "\(terms.healthy) measurements every \(terms.every.promQLText) do not fit into \(terms.within.promQLText)",
            at: terms.range,
            help: "no run could end healed: make 'within' longer, or 'every' or 'healthy' smaller"
        )
    }

    /// An expression that asks nothing of any data: always yes, or always no.
    private static let constants: Check = { playbook, problems in
        let verification = playbook.verification.expression.map { [($0, "whether the patient is well")] } ?? []
        let required = playbook.guards.require.map { ($0, "whether the run may begin") }
        for (expression, what) in verification + required {
            guard let tree = expression.tree, tree.selectorUses.isEmpty else { continue }
            problems.warning(
                "playbook/constant-expression",
                "the expression reads no series, and cannot tell \(what)",
                at: expression.text.range,
                help: "ask about what is measured: up{job=\"api\"} == 1"
            )
        }
    }

    // Longer than anybody sleeps.
    private static let longestHold = Milliseconds.hours(24)

    /// Notifications that leave before the run had its chance.
    private static let page: Check = { playbook, problems in
        let hold = playbook.page.hold
        guard hold.value > .zero else { return }
        if hold.value > longestHold {
            problems.warning(
                "playbook/hold-too-long",
                "notifications are kept back for \(hold.value.promQLText): a patient that only seems well would be nobody's business for so long",
                at: hold.range,
                help: "make it a little longer than the run may take"
            )
        }
        if let late = playbook.when.first(where: { $0.firingFor >= hold.value }) {
            problems.warning(
                "playbook/hold-too-short",
                "notifications are kept back for \(hold.value.promQLText), and the run begins no sooner than after \(late.firingFor.promQLText)",
                at: hold.range,
                help: "make 'hold' longer than 'firing_for' and the run together"
            )
        } else if hold.value < playbook.verification.within {
            problems.warning(
                "playbook/hold-too-short",
                "notifications are kept back for \(hold.value.promQLText), and verification may take \(playbook.verification.within.promQLText)",
                at: hold.range,
                help: "make 'hold' longer than 'within' of 'verify', or somebody is woken for what heals a moment later"
            )
        }
    }

    /// A change that is taken back before anybody can know that it helped.
    private static let confirmation: Check = { playbook, problems in
        for step in playbook.allSteps {
            guard let confirm = step.confirmWithin, confirm.value < playbook.verification.within else { continue }
            problems.warning(
                "playbook/confirm-too-short",
                "the change is taken back after \(confirm.value.promQLText), and verification may take \(playbook.verification.within.promQLText)",
                at: confirm.range,
                help: "make 'confirm_within' longer than 'within' of 'verify' and the steps in between"
            )
        }
    }

    /// A variable that nothing reads.
    private static let variables: Check = { playbook, problems in
        let read = playbook.templates.flatMap(\.fields).filter { $0.names.first == "Vars" }
        // Whoever reads all of them at once may mean any.
        guard !read.contains(where: { $0.names.count == 1 }) else { return }
        let names = read.compactMap { $0.names.dropFirst().first }
        for variable in playbook.variables where !Names.contains(names, variable.name.value) {
            problems.warning(
                "playbook/unused-variable",
                "nothing reads the variable '\(variable.name.value)'",
                at: variable.name.range,
                help: "write {{ .Vars.\(variable.name.value) }} where it is meant, or take it out"
            )
        }
    }
}

extension Playbook {
    /// Every text in it that may be a template.
    fileprivate var templates: [PlaybookTemplate] {
        let expressions = guards.require + (verification.expression.map { [$0] } ?? [])
        return variables.map(\.template) + guards.locks + expressions.map(\.template) + allSteps.flatMap(\.templates)
    }
}

extension Step {
    fileprivate var templates: [PlaybookTemplate] {
        let condition: [PlaybookTemplate] =
            switch self.condition {
            case .none: []
            case .template(let template): [template]
            case .expression(let expression): [expression.template]
            }
        return condition + arguments.templates
    }
}

extension ArgumentTemplate {
    var templates: [PlaybookTemplate] {
        switch self {
        case .text(let template): [template]
        case .list(let values, _): values.flatMap(\.templates)
        case .record(let members, _): members.flatMap(\.value.templates)
        }
    }
}
