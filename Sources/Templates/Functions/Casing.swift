/// Upper and lower case, letter by letter as Go has it: no letter becomes two.
enum Casing {
    static func upper(_ text: String) -> String { mapped(text) { $0.properties.uppercaseMapping } }

    static func lower(_ text: String) -> String {
        // The one letter whose lower case is two in Unicode's full mapping and one in the simple mapping.
        mapped(text) { $0 == "\u{130}" ? "i" : $0.properties.lowercaseMapping }
    }

    /// The first letter of each word in title case, the rest as it was. Words end at blanks and at ASCII's signs.
    static func title(_ text: String) -> String {
        var former: UnicodeScalar = " "
        return mapped(text) { scalar in
            defer { former = scalar }
            return separates(former) ? scalar.properties.titlecaseMapping : String(scalar)
        }
    }

    /// The first letter of each word in title case, the rest in lower case. An apostrophe does not end a word.
    static func properTitle(_ text: String) -> String {
        var isInside = false
        return mapped(text) { scalar in
            let isApostrophe = scalar == "'" || scalar == "\u{2019}"
            let isPart =
                scalar.properties.isAlphabetic || scalar.isLetterOrDigit || scalar == "_" || (isInside && isApostrophe)
            defer { isInside = isPart }
            guard isPart else { return String(scalar) }
            return isInside ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
        }
    }

    private static func separates(_ scalar: UnicodeScalar) -> Bool {
        if scalar.isASCII { return !(scalar.isLetterOrDigit || scalar == "_") }
        return !scalar.isLetterOrDigit && scalar.properties.isWhitespace
    }

    private static func mapped(_ text: String, _ mapping: (UnicodeScalar) -> String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let mapped = mapping(scalar).unicodeScalars
            result.append(mapped.count == 1 ? mapped[mapped.startIndex] : scalar)
        }
        return String(result)
    }
}
