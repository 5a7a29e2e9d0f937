import Metrics

extension SilenceDraft {
    /// Reads the body of `POST /api/v2/silences`. `endsWithAlerts` is medic's own addition to it.
    public init(body: [UInt8]) throws(BodyComplaint) {
        let field = try BodyField(body: body, "silence")
        try field.object()
        let id = try field.member("id").text()
        let comment = try field.member("comment").requiredText()
        let createdBy = try field.member("createdBy").requiredText()
        let endsAt = try field.member("endsAt").requiredMoment()
        let matchers = try Self.matchers(field.member("matchers"))
        let startsAt = try field.member("startsAt").requiredMoment()
        self.init(
            id: id.flatMap { $0.isEmpty ? nil : $0 },
            matchers: matchers,
            startsAt: startsAt,
            endsAt: endsAt,
            createdBy: createdBy,
            comment: comment,
            endsWithAlerts: try field.member("endsWithAlerts").flag() ?? false
        )
    }

    private static func matchers(_ field: BodyField) throws(BodyComplaint) -> [Matcher] {
        guard let elements = try field.elements() else { throw field.missing }
        guard !elements.isEmpty else {
            throw .invalid(.tooFewItems, "\(field.path) in body should have at least 1 items")
        }
        var matchers: [Matcher] = []
        for element in elements {
            try element.object()
            let isRegex = try element.member("isRegex").requiredFlag()
            let isEqual = try element.member("isEqual").flag() ?? true
            let operation: LabelMatcher.Operation =
                switch (isRegex, isEqual) {
                case (false, true): .equal
                case (false, false): .notEqual
                case (true, true): .matches
                case (true, false): .notMatches
                }
            let name = try element.member("name").requiredText()
            matchers.append(Matcher(name, operation, try element.member("value").requiredText()))
        }
        return matchers
    }
}
