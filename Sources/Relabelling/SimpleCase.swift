/// Letters in another case one by one, as Go does it: a text keeps its number of characters, so `ß` stays what it is.
enum SimpleCase {
    static func lower(_ text: String) -> String {
        map(text) { scalar in
            let mapped = scalar.properties.lowercaseMapping.unicodeScalars
            // `İ` alone becomes two, of which the first is its simple form.
            return mapped.first ?? scalar
        }
    }

    static func upper(_ text: String) -> String {
        map(text) { scalar in
            let upper = scalar.properties.uppercaseMapping.unicodeScalars
            if upper.count == 1, let only = upper.first { return only }
            let title = scalar.properties.titlecaseMapping.unicodeScalars
            if title.count == 1, let only = title.first { return only }
            return scalar
        }
    }

    private static func map(_ text: String, _ transform: (Unicode.Scalar) -> Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(transform(scalar))
        }
        return String(result)
    }
}
